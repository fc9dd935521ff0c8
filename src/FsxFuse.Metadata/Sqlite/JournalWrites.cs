namespace FsxFuse.Metadata.Sqlite;

/// <summary>Writes of links, objects, tasks, HSM requests, events and settings. Belongs to the writer's connection and lock.</summary>
internal sealed class JournalWrites(Database database)
{
    private const int EventsKept = 10_000;

    private readonly Statement _putObject = database.Prepare(
        """
        INSERT INTO object(link_id, key, etag, version_id, size, modified_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT(link_id, key) DO UPDATE
        SET etag = excluded.etag, version_id = excluded.version_id, size = excluded.size, modified_ns = excluded.modified_ns
        """);

    private readonly Statement _deleteObject = database.Prepare("DELETE FROM object WHERE link_id = ?1 AND key = ?2");

    private readonly Statement _putLink = database.Prepare(
        """
        INSERT OR REPLACE INTO link(id, association_id, directory, path, url, options, lifecycle, failure_message, created_ns)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """);

    private readonly Statement _deleteLink = database.Prepare("DELETE FROM link WHERE id = ?1");

    private readonly Statement _deleteObjects = database.Prepare("DELETE FROM object WHERE link_id = ?1");

    private readonly Statement _putTask = database.Prepare(
        """
        INSERT OR REPLACE INTO task(id, type, lifecycle, request, progress, created_ns, ended_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """);

    private readonly Statement _deleteTask = database.Prepare("DELETE FROM task WHERE id = ?1");

    private readonly Statement _putFailure = database.Prepare(
        "INSERT OR REPLACE INTO task_failure(task_id, number, path, status, error_code, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    private readonly Statement _deleteFailures = database.Prepare("DELETE FROM task_failure WHERE task_id = ?1");

    private readonly Statement _putHsmRequest = database.Prepare(
        "INSERT OR REPLACE INTO hsm_request(inode, action, requested_ns, note) VALUES (?1, ?2, ?3, ?4)");

    private readonly Statement _deleteHsmRequest = database.Prepare("DELETE FROM hsm_request WHERE inode = ?1");

    private readonly Statement _addEvent = database.Prepare(
        "INSERT INTO event(time_ns, code, link_id, subject, message) VALUES (?1, ?2, ?3, ?4, ?5)");

    private readonly Statement _trimEvents = database.Prepare($"DELETE FROM event WHERE id <= (SELECT MAX(id) FROM event) - {EventsKept}");

    private readonly Statement _putSetting = database.Prepare("INSERT OR REPLACE INTO setting(key, value) VALUES (?1, ?2)");

    public void PutObject(ObjectRow row) =>
        _putObject.Bind(1, row.LinkId).Bind(2, row.Key).Bind(3, row.ETag).Bind(4, row.VersionId).Bind(5, row.Size).Bind(6, row.ModifiedNs).Run();

    public void DeleteObject(int linkId, string key) => _deleteObject.Bind(1, linkId).Bind(2, key).Run();

    public void PutLink(LinkRow row) =>
        _putLink.Bind(1, row.Id).Bind(2, row.AssociationId).Bind(3, row.Directory).Bind(4, row.Path).Bind(5, row.Url).Bind(6, row.Options)
            .Bind(7, row.Lifecycle).Bind(8, row.FailureMessage).Bind(9, row.CreatedNs).Run();

    public void DeleteLink(int id)
    {
        _deleteLink.Bind(1, id).Run();
        _deleteObjects.Bind(1, id).Run();
    }

    public void PutTask(TaskRow row) =>
        _putTask.Bind(1, row.Id).Bind(2, row.Type).Bind(3, row.Lifecycle).Bind(4, row.Request).Bind(5, row.Progress).Bind(6, row.CreatedNs)
            .Bind(7, row.EndedNs).Run();

    public void DeleteTask(string id)
    {
        _deleteTask.Bind(1, id).Run();
        _deleteFailures.Bind(1, id).Run();
    }

    public void PutTaskFailure(TaskFailureRow row) =>
        _putFailure.Bind(1, row.TaskId).Bind(2, row.Number).Bind(3, row.Path).Bind(4, row.Status).Bind(5, row.ErrorCode).Bind(6, row.Message).Run();

    public void PutHsmRequest(HsmRequestRow row) =>
        _putHsmRequest.Bind(1, row.Inode).Bind(2, (long)row.Action).Bind(3, row.RequestedNs).Bind(4, row.Note).Run();

    public void DeleteHsmRequest(long inode) => _deleteHsmRequest.Bind(1, inode).Run();

    public void AddEvent(EventRow row)
    {
        _addEvent.Bind(1, row.TimeNs).Bind(2, row.Code).Bind(3, row.LinkId).Bind(4, row.Subject).Bind(5, row.Message).Run();
        _trimEvents.Run();
    }

    public void PutSetting(string key, string value) => _putSetting.Bind(1, key).Bind(2, value).Run();
}
