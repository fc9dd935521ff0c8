namespace FsxFuse.Metadata.Sqlite;

/// <summary>Writes of the export queue. Belongs to the writer's connection and lock.</summary>
internal sealed class ExportWrites
{
    private readonly Statement _find;
    private readonly Statement _insert;
    private readonly Statement _again;
    private readonly Statement _attempts;
    private readonly Statement _defer;
    private readonly Statement _delete;
    private readonly Statement _countOfLink;
    private readonly Statement _deleteOfLink;
    private long _nextId;

    public ExportWrites(Database database)
    {
        _find = database.Prepare("SELECT id, attempts FROM export WHERE kind = ?1 AND link_id = ?2 AND subject = ?3 AND key = ?4");
        _insert = database.Prepare(
            """
            INSERT INTO export(id, kind, link_id, subject, key, version, queued_ns, not_before_ns, attempts, last_error)
            VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, 0, NULL)
            """);
        _again = database.Prepare(
            "UPDATE export SET version = version + 1, attempts = 0, last_error = NULL, not_before_ns = min(not_before_ns, ?2) WHERE id = ?1");
        _attempts = database.Prepare("SELECT attempts FROM export WHERE id = ?1 AND version = ?2");
        _defer = database.Prepare("UPDATE export SET not_before_ns = ?2, attempts = ?3, last_error = ?4 WHERE id = ?1");
        _delete = database.Prepare("DELETE FROM export WHERE id = ?1");
        // The kinds are named so that the unique index serves.
        _countOfLink = database.Prepare("SELECT COUNT(*), COALESCE(SUM(attempts > 0), 0) FROM export WHERE kind IN (1, 2, 3) AND link_id = ?1");
        _deleteOfLink = database.Prepare("DELETE FROM export WHERE kind IN (1, 2, 3) AND link_id = ?1");

        // While the process lives an id is never used again, so that a worker's stale version never meets another entry.
        _nextId = database.QueryInt64("SELECT COALESCE(MAX(id), 0) FROM export") + 1;
    }

    public Tallies Queue(ExportRow row)
    {
        bool exists = _find.Bind(1, (int)row.Kind).Bind(2, row.LinkId).Bind(3, row.Subject).Bind(4, row.Key).Step();
        long id = exists ? _find.Int64(0) : 0;
        bool failing = exists && _find.Int64(1) > 0;
        _find.Reset();
        if (exists)
        {
            _again.Bind(1, id).Bind(2, row.NotBeforeNs).Run();
            return new(0, 0, 0, failing ? -1 : 0);
        }

        _insert.Bind(1, _nextId++).Bind(2, (int)row.Kind).Bind(3, row.LinkId).Bind(4, row.Subject).Bind(5, row.Key).Bind(6, row.QueuedNs)
            .Bind(7, row.NotBeforeNs).Run();
        return new(0, 0, 1, 0);
    }

    public Tallies Defer(ExportRow row)
    {
        if (_attempts.Bind(1, row.Id).Bind(2, row.Version).Scalar() is not long attempts)
            return default;
        _defer.Bind(1, row.Id).Bind(2, row.NotBeforeNs).Bind(3, row.Attempts).Bind(4, row.LastError).Run();
        return new(0, 0, 0, (row.Attempts > 0 ? 1 : 0) - (attempts > 0 ? 1 : 0));
    }

    public Tallies Delete(long id, long version)
    {
        if (_attempts.Bind(1, id).Bind(2, version).Scalar() is not long attempts)
            return default;
        _delete.Bind(1, id).Run();
        return new(0, 0, -1, attempts > 0 ? -1 : 0);
    }

    public Tallies DeleteOfLink(int linkId)
    {
        _countOfLink.Bind(1, linkId).Step();
        Tallies gone = new(0, 0, _countOfLink.Int64(0), _countOfLink.Int64(1));
        _countOfLink.Reset();
        _deleteOfLink.Bind(1, linkId).Run();
        return default(Tallies) - gone;
    }
}
