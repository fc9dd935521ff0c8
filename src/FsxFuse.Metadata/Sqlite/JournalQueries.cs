namespace FsxFuse.Metadata.Sqlite;

/// <summary>Reads of tasks, their reports, HSM requests, events and settings. One per reading connection.</summary>
internal sealed class JournalQueries(Database database)
{
    private const string TaskColumns = "id, type, lifecycle, request, progress, created_ns, ended_ns";

    private readonly Statement _tasks = database.Prepare($"SELECT {TaskColumns} FROM task ORDER BY created_ns DESC, id DESC");

    private readonly Statement _task = database.Prepare($"SELECT {TaskColumns} FROM task WHERE id = ?1");

    private readonly Statement _failures = database.Prepare(
        "SELECT task_id, number, path, status, error_code, message FROM task_failure WHERE task_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3");

    private readonly Statement _hsmRequests = database.Prepare(
        "SELECT inode, action, requested_ns, note FROM hsm_request WHERE inode > ?1 ORDER BY inode LIMIT ?2");

    private readonly Statement _events = database.Prepare(
        "SELECT id, time_ns, code, link_id, subject, message FROM event ORDER BY id DESC LIMIT ?1");

    private readonly Statement _setting = database.Prepare("SELECT value FROM setting WHERE key = ?1");

    public List<TaskRow> GetTasks() => Rows.All(_tasks, ReadTask);

    public TaskRow? GetTask(string id) => Rows.Single(_task.Bind(1, id), ReadTask);

    public List<TaskFailureRow> GetTaskFailures(string id, long afterNumber, int limit) =>
        Rows.All(_failures.Bind(1, id).Bind(2, afterNumber).Bind(3, Rows.Limit(limit)), ReadFailure);

    public List<HsmRequestRow> GetHsmRequests(long afterInode, int limit) =>
        Rows.All(_hsmRequests.Bind(1, afterInode).Bind(2, Rows.Limit(limit)), ReadHsmRequest);

    public List<EventRow> GetEvents(int limit) => Rows.All(_events.Bind(1, Rows.Limit(limit)), ReadEvent);

    public string? GetSetting(string key) => Rows.Single(_setting.Bind(1, key), static row => row.Text(0) ?? "");

    private static TaskRow ReadTask(Statement row) => new()
    {
        Id = row.Text(0) ?? "",
        Type = row.Text(1) ?? "",
        Lifecycle = row.Text(2) ?? "",
        Request = row.Text(3) ?? "",
        Progress = row.Text(4) ?? "",
        CreatedNs = row.Int64(5),
        EndedNs = row.Int64(6),
    };

    private static TaskFailureRow ReadFailure(Statement row) => new()
    {
        TaskId = row.Text(0) ?? "",
        Number = row.Int64(1),
        Path = row.Text(2) ?? "",
        Status = row.Text(3) ?? "",
        ErrorCode = row.Text(4) ?? "",
        Message = row.Text(5),
    };

    private static HsmRequestRow ReadHsmRequest(Statement row) => new()
    {
        Inode = row.Int64(0),
        Action = (HsmAction)row.Int64(1),
        RequestedNs = row.Int64(2),
        Note = row.Text(3),
    };

    private static EventRow ReadEvent(Statement row) => new()
    {
        Id = row.Int64(0),
        TimeNs = row.Int64(1),
        Code = row.Text(2) ?? "",
        LinkId = row.Int32(3),
        Subject = row.Text(4) ?? "",
        Message = row.Text(5) ?? "",
    };
}
