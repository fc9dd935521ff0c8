using System.Text;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>Reads of links, remembered objects and the export queue. One per reading connection.</summary>
internal sealed class RepositoryQueries(Database database)
{
    private const string LinkColumns = "id, association_id, directory, path, url, options, lifecycle, failure_message, created_ns";
    private const string ObjectColumns = "link_id, key, etag, version_id, size, modified_ns";
    private const string ExportColumns = "id, kind, link_id, subject, key, version, queued_ns, not_before_ns, attempts, last_error";

    // With fewer due than this they are fetched by due time and sorted; with more, most of what an id scan meets is due.
    private const int FewDue = 1000;

    private readonly Statement _links = database.Prepare($"SELECT {LinkColumns} FROM link ORDER BY id");

    private readonly Statement _object = database.Prepare($"SELECT {ObjectColumns} FROM object WHERE link_id = ?1 AND key = ?2");

    private readonly Statement _objects = database.Prepare(
        $"SELECT {ObjectColumns} FROM object WHERE link_id = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4");

    private readonly Statement _objectsAfter = database.Prepare(
        $"SELECT {ObjectColumns} FROM object WHERE link_id = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4");

    private readonly Statement _due = database.Prepare(
        $"SELECT COUNT(*) FROM (SELECT 1 FROM export INDEXED BY export_due WHERE not_before_ns <= ?1 LIMIT {FewDue})");

    private readonly Statement _exportsById = database.Prepare(
        $"SELECT {ExportColumns} FROM export NOT INDEXED WHERE id > ?1 AND not_before_ns <= ?2 ORDER BY id LIMIT ?3");

    private readonly Statement _exportsByDue = database.Prepare(
        $"SELECT {ExportColumns} FROM export INDEXED BY export_due WHERE id > ?1 AND not_before_ns <= ?2 ORDER BY id LIMIT ?3");

    private readonly Statement _export = database.Prepare(
        $"SELECT {ExportColumns} FROM export WHERE kind = ?1 AND link_id = ?2 AND subject = ?3 AND key = ?4");

    private readonly Statement _queuedKeys = database.Prepare(
        "SELECT key FROM export WHERE kind = 2 AND link_id = ?1 AND subject = 0 AND key >= ?2 AND key < ?3 ORDER BY key");

    private readonly Statement _oldest = database.Prepare("SELECT queued_ns FROM export ORDER BY id LIMIT 1");

    private readonly Statement _nextDue = database.Prepare("SELECT not_before_ns FROM export INDEXED BY export_due ORDER BY not_before_ns LIMIT 1");

    public List<LinkRow> GetLinks() => Rows.All(_links, ReadLink);

    public ObjectRow? GetObject(int linkId, string key) => Rows.Single(_object.Bind(1, linkId).Bind(2, key), ReadObject);

    public List<ObjectRow> GetObjects(int linkId, string prefix, string afterKey, int limit)
    {
        Statement statement = string.CompareOrdinal(afterKey, "") > 0 && !IsBelow(afterKey, prefix)
            ? _objectsAfter.Bind(2, afterKey)
            : _objects.Bind(2, prefix);
        return Rows.All(statement.Bind(1, linkId).BindText(3, KeyRange.End(prefix)).Bind(4, Rows.Limit(limit)), ReadObject);
    }

    public List<ExportRow> GetExports(long dueNs, long afterId, int limit)
    {
        long due = _due.Bind(1, dueNs).Scalar() ?? 0;
        if (due == 0)
            return [];
        Statement statement = due < FewDue ? _exportsByDue : _exportsById;
        return Rows.All(statement.Bind(1, afterId).Bind(2, dueNs).Bind(3, Rows.Limit(limit)), ReadExport);
    }

    public ExportRow? GetExport(ExportKind kind, int linkId, long subject, string key) =>
        Rows.Single(_export.Bind(1, (int)kind).Bind(2, linkId).Bind(3, subject).Bind(4, key), ReadExport);

    public List<string> GetQueuedKeys(int linkId, string prefix) =>
        Rows.All(_queuedKeys.Bind(1, linkId).Bind(2, prefix).BindText(3, KeyRange.End(prefix)), static row => row.Text(0) ?? "");

    /// <summary>When the first in the queue was queued, and when the next is due; 0 for none.</summary>
    public (long OldestNs, long NextDueNs) GetQueueTimes() => (_oldest.Scalar() ?? 0, _nextDue.Scalar() ?? 0);

    // Whether the page starts before the prefix, in the order of the store.
    private static bool IsBelow(string key, string prefix) =>
        Encoding.UTF8.GetBytes(key).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(prefix)) < 0;

    private static LinkRow ReadLink(Statement row) => new()
    {
        Id = row.Int32(0),
        AssociationId = row.Text(1) ?? "",
        Directory = row.Int64(2),
        Path = row.Text(3) ?? "",
        Url = row.Text(4) ?? "",
        Options = row.Text(5) ?? "",
        Lifecycle = row.Text(6) ?? "",
        FailureMessage = row.Text(7),
        CreatedNs = row.Int64(8),
    };

    private static ObjectRow ReadObject(Statement row) => new()
    {
        LinkId = row.Int32(0),
        Key = row.Text(1) ?? "",
        ETag = row.Text(2) ?? "",
        VersionId = row.Text(3),
        Size = row.Int64(4),
        ModifiedNs = row.Int64(5),
    };

    private static ExportRow ReadExport(Statement row) => new()
    {
        Id = row.Int64(0),
        Kind = (ExportKind)row.Int32(1),
        LinkId = row.Int32(2),
        Subject = row.Int64(3),
        Key = row.Text(4) ?? "",
        Version = row.Int64(5),
        QueuedNs = row.Int64(6),
        NotBeforeNs = row.Int64(7),
        Attempts = row.Int32(8),
        LastError = row.Text(9),
    };
}
