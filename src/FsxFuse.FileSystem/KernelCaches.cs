using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// Follows the change feed: what others commit (imports, exports, releases) reaches the nodes held here and the kernel's caches.
/// It only takes note; notifications are sent by the library's own threads.
/// </summary>
internal sealed class KernelCaches(Volume volume, ExportNotes exports, OrphanReaper reaper)
{
    /// <summary>Set when the connection is up.</summary>
    public Notifier? Notifier { get; set; }

    public void OnCommitted(Batch batch)
    {
        if (ReferenceEquals(batch.Origin, volume))
        {
            return;
        }

        if (batch.Writes.Any(write => write is RowWrite.PutInode or RowWrite.MergeInode or RowWrite.PutDentry or RowWrite.DeleteDentry))
        {
            volume.CountForeignChange();
        }

        // Entries that were required to be absent before are new; any other may be one that the kernel knows.
        bool allNew = true;
        HashSet<(long, FileName, long)> kept = [];
        foreach (Guard guard in batch.Guards)
        {
            if (guard is Guard.DentryIs known)
            {
                allNew = false;
                kept.Add((known.Parent, known.Name, known.Child));
            }
        }

        foreach (RowWrite write in batch.Writes)
        {
            switch (write)
            {
                case RowWrite.PutInode { Row: var row }:
                    OnInode(row);
                    break;
                case RowWrite.PutContent { Row: var content } when (content.Flags & (ContentFlags.Cached | ContentFlags.Dirty)) == 0:
                    OnReleased(content);
                    break;
                case RowWrite.MergeInode { Id: var id }:
                    OnAttributes(id);
                    break;
                // A name that leads where it led before (only its type was learned) needs no word: each would hold its directory up.
                case RowWrite.PutDentry { Row: var dentry } when !kept.Contains((dentry.Parent, dentry.Name, dentry.Child)):
                    OnName(dentry.Parent, dentry.Name, allNew);
                    break;
                case RowWrite.DeleteDentry { Parent: var parent, Name: var name }:
                    OnName(parent, name, isNew: false);
                    break;
                case RowWrite.PutDirectory { Row.Id: var id }:
                    OnDirectory(id);
                    break;
                case RowWrite.DeleteDirectory { Id: var id }:
                    OnDirectory(id);
                    break;
                case RowWrite.PutOrphan { Inode: var inode }:
                    reaper.Consider(inode);
                    break;
                case RowWrite.PutXattr { Row: var xattr }:
                    OnXattr(xattr);
                    break;
                case RowWrite.PutLink { Row: var link }:
                    exports.Linked(link);
                    break;
                case RowWrite.DeleteLink { Id: var link }:
                    exports.Unlinked(link);
                    break;
                default:
                    break;
            }
        }
    }

    private void OnInode(InodeRow row)
    {
        // A row that looks the same to stat(2) (the repository holds it now) needs no word. Each word costs the kernel a request, and a
        // permission check that waits for attributes just then goes by the old ones.
        if (volume.Nodes.TryGet(row.Id, out Node? node) && node.Accept(row))
        {
            volume.DropAttributes?.Invoke(row.Id);
        }
    }

    // Released bytes leave the page cache as well: their memory is given back, and who reads them loads them.
    private void OnReleased(ContentRow content)
    {
        if (volume.Nodes.TryGet(content.Inode, out _))
        {
            Notifier?.InvalidateInode((ulong)content.Inode);
        }
    }

    private void OnAttributes(long id)
    {
        if (volume.Nodes.TryGet(id, out Node? node))
        {
            node.MarkStale();
            Notifier?.InvalidateInode((ulong)id, -1);
        }
    }

    private void OnDirectory(long id)
    {
        if (volume.Nodes.TryGet(id, out Node? node))
        {
            node.ForgetDirectory();
        }
    }

    private void OnXattr(XattrRow xattr)
    {
        volume.HasXattrs = true;
        if (volume.Nodes.TryGet(xattr.Inode, out Node? node))
        {
            node.MayHaveXattr(xattr.Name);
            Notifier?.InvalidateInode((ulong)xattr.Inode, -1);
        }
    }

    private void OnName(long parent, FileName name, bool isNew)
    {
        // In a directory that was not listed the kernel holds no absences, so new names there need no word.
        if (volume.Nodes.TryGet(parent, out Node? node) && !(isNew && node.Directory is { Listing: ListingState.Unlisted }))
        {
            Notifier?.InvalidateEntry((ulong)parent, name.Span);
            Notifier?.InvalidateInode((ulong)parent);
        }
    }
}
