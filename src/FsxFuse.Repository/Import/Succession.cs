using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// What becomes of a clean file whose object changed or went: the name gets a new inode or goes, and the old inode stays as an orphan
/// for whoever has it open. Each method adds to a batch all guards that make it safe: nothing local changed since the rows were read.
/// </summary>
internal static class Succession
{
    /// <summary>
    /// Gives the name a new inode for the object as it is now. With one name it keeps its st_ino; with more, the others keep the old
    /// inode and this name becomes a file of its own. Mode and owner stay where the object does not tell them (as FSx does).
    /// </summary>
    public static void Replace(Batch batch, DentryRow dentry, InodeRow old, ContentRow? content, Link link, ObjectInfo info, PosixMetadata metadata, byte[]? target, long firstId)
    {
        ObjectRow source = ImportedRows.ToRow(link, info);
        batch.Require(new Guard.DentryIs(dentry.Parent, dentry.Name, old.Id));
        batch.Require(new Guard.KeyNotQueued(link.Id, info.Key));
        RequireClean(batch, content);
        InodeRow plain = ImportedRows.NewInode(link, firstId, source, InodeFlags.None) with
        {
            Ino = old.NLink <= 1 ? old.Ino : firstId,
            Mode = FileType.Regular | (old.IsRegular ? old.Mode & 0xFFF : link.FileMode & 0xFFF),
            Uid = old.Uid,
            Gid = old.Gid,
            BtimeNs = old.BtimeNs,
            CtimeNs = Math.Max(old.CtimeNs, source.ModifiedNs),
            Flags = InodeFlags.Archived | (old.Flags & (InodeFlags.NoRelease | InodeFlags.NoArchive)),
        };
        InodeRow inode = ImportedRows.Describe(plain, metadata, target) with { ContentId = target is null ? firstId + 1 : 0 };
        batch.Add(new RowWrite.PutInode(inode));
        batch.Add(new RowWrite.PutDentry(dentry with { Child = firstId, Type = FileType.ToDirentType(inode.Mode) }));
        if (target is null)
            batch.Add(new RowWrite.PutContent(ImportedRows.NewContent(firstId + 1, firstId, source)));
        batch.Add(new RowWrite.PutObject(source));
        DropName(batch, old);
    }

    /// <summary>Removes the name of an object that is gone.</summary>
    public static void Remove(Batch batch, DentryRow dentry, InodeRow old, ContentRow? content, int linkId, string key, long nowNs)
    {
        batch.Require(new Guard.DentryIs(dentry.Parent, dentry.Name, old.Id));
        batch.Require(new Guard.KeyNotQueued(linkId, key));
        RequireClean(batch, content);
        batch.Add(new RowWrite.DeleteDentry(dentry.Parent, dentry.Name));
        batch.Add(new RowWrite.MergeInode(dentry.Parent, nowNs, nowNs, 0));
        batch.Add(new RowWrite.DeleteObject(linkId, key));
        DropName(batch, old);
    }

    private static void DropName(Batch batch, InodeRow old)
    {
        // The orphan is nobody's to import: its attributes are what they are.
        InodeFlags flags = old.NLink <= 1 ? old.Flags & ~InodeFlags.AttributesPending : old.Flags;
        InodeRow left = batch.Update(old, old with { NLink = Math.Max(0, old.NLink - 1), Flags = flags });
        if (left.NLink == 0)
            batch.Add(new RowWrite.PutOrphan(old.Id));
    }

    private static void RequireClean(Batch batch, ContentRow? content)
    {
        if (content is not null)
            batch.Require(new Guard.ContentVersion(content.Id, content.Version));
    }
}
