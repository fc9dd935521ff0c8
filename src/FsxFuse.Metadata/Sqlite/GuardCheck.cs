namespace FsxFuse.Metadata.Sqlite;

/// <summary>Checks guards inside the writing transaction. Belongs to the writer's connection and lock.</summary>
internal sealed class GuardCheck(Database database)
{
    private readonly Statement _inodeVersion = database.Prepare("SELECT version FROM inode WHERE id = ?1");

    private readonly Statement _inodeLinked = database.Prepare(
        "SELECT 1 FROM inode WHERE id = ?1 AND nlink > 0 AND NOT EXISTS (SELECT 1 FROM orphan WHERE inode = ?1)");

    private readonly Statement _dentryChild = database.Prepare("SELECT child FROM dentry WHERE parent = ?1 AND name = ?2");

    private readonly Statement _directoryVersion = database.Prepare("SELECT version FROM directory WHERE id = ?1");

    private readonly Statement _directoryEmpty = database.Prepare(
        "SELECT 1 FROM directory WHERE id = ?1 AND listing = 0 AND NOT EXISTS (SELECT 1 FROM dentry WHERE parent = ?1)");

    private readonly Statement _contentVersion = database.Prepare("SELECT version FROM content WHERE id = ?1");

    private readonly Statement _exportVersion = database.Prepare("SELECT version FROM export WHERE id = ?1");

    private readonly Statement _keyQueued = database.Prepare(
        "SELECT 1 FROM export WHERE kind = 2 AND link_id = ?1 AND subject = 0 AND key = ?2");

    public bool Holds(Guard guard, long treeEpoch) => guard switch
    {
        Guard.InodeVersion g => _inodeVersion.Bind(1, g.Id).Scalar() == g.Version,
        Guard.InodeLinked g => _inodeLinked.Bind(1, g.Id).Exists(),
        Guard.DentryAbsent g => !_dentryChild.Bind(1, g.Parent).BindBlob(2, g.Name.Span).Exists(),
        Guard.DentryIs g => _dentryChild.Bind(1, g.Parent).BindBlob(2, g.Name.Span).Scalar() == g.Child,
        Guard.DirectoryLive g => _directoryVersion.Bind(1, g.Id).Exists(),
        Guard.DirectoryVersion g => _directoryVersion.Bind(1, g.Id).Scalar() == g.Version,
        Guard.DirectoryEmpty g => _directoryEmpty.Bind(1, g.Id).Exists(),
        Guard.ContentVersion g => _contentVersion.Bind(1, g.Id).Scalar() == g.Version,
        Guard.ExportVersion g => _exportVersion.Bind(1, g.Id).Scalar() == g.Version,
        Guard.KeyNotQueued g => !_keyQueued.Bind(1, g.LinkId).Bind(2, g.Key).Exists(),
        Guard.TreeEpoch g => g.Epoch == treeEpoch,
        _ => throw new NotSupportedException($"The guard {guard.GetType().Name} is not known to this engine."),
    };
}
