using System.Text;
using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>Changes rows as the file system does: each operation is one commit with its queue entries.</summary>
internal sealed class Namespace(IMetadataStore store, ContentCache cache, LinkSet links, INamespaceSource source)
{
    private readonly NamespacePaths _paths = new(store, links);

    private static long Now => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    public async Task<NamedInode?> FindAsync(string path)
    {
        long at = InodeRow.RootId;
        NamedInode? found = null;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = await store.LookupAsync(at, new FileName(part));
            if (found is null && await store.GetDirectoryAsync(at) is { Listing: ListingState.Unlisted })
            {
                await source.ImportNameAsync(at, new FileName(part));
                found = await store.LookupAsync(at, new FileName(part));
            }
            if (found is null)
                return null;
            at = found.Value.Inode.Id;
        }
        return found;
    }

    public async Task<InodeRow> GetAsync(string path) => (await FindAsync(path) ?? throw new FileNotFoundException(path)).Inode;

    public async Task<long> DirectoryAsync(string path) => path.Trim('/').Length == 0 ? InodeRow.RootId : (await GetAsync(path)).Id;

    public async Task MkDirAsync(string path) => await AddAsync(path, FileType.Directory | 0x1ED, null);

    public async Task SymlinkAsync(string path, string target) => await AddAsync(path, FileType.Symlink | 0x1FF, Encoding.UTF8.GetBytes(target));

    public async Task FifoAsync(string path) => await AddAsync(path, FileType.Fifo | 0x1A4, null);

    /// <summary>Creates or replaces the bytes of a file (as open with O_TRUNC, write, close).</summary>
    public async Task WriteAsync(string path, string text)
    {
        await using (await OpenWriteAsync(path, text))
        {
        }
    }

    /// <summary>The same, left open until the result is disposed.</summary>
    public async Task<OpenWrite> OpenWriteAsync(string path, string text)
    {
        if (await FindAsync(path) is not { } found)
        {
            await AddAsync(path, FileType.Regular | 0x1A4, null);
            found = (await FindAsync(path))!.Value;
        }
        Content content = await TruncateAsync(found.Inode.Id);
        await content.WriteAsync(0, Encoding.UTF8.GetBytes(text), CancellationToken.None);
        return new OpenWrite(this, content, found.Inode.Id);
    }

    /// <summary>Writes into a file without truncating it, as open, pwrite, close.</summary>
    public async Task PatchAsync(string path, long offset, string text)
    {
        InodeRow inode = await GetAsync(path);
        using Content content = await cache.OpenAsync(inode.ContentId, CancellationToken.None);
        await content.MarkWritingAsync(batch => batch.Add(Queue(ExportKind.Inode, 0, inode.Id, "")), CancellationToken.None);
        await content.WriteAsync(offset, Encoding.UTF8.GetBytes(text), CancellationToken.None);
        await RestAsync(content, inode.Id);
    }

    public async Task UnlinkAsync(string path)
    {
        while (true)
        {
            NamedInode found = (await FindAsync(path))!.Value;
            Batch batch = new Batch().Require(new Guard.DentryIs(found.Dentry.Parent, found.Dentry.Name, found.Inode.Id))
                .Add(new RowWrite.DeleteDentry(found.Dentry.Parent, found.Dentry.Name));
            DropName(batch, found.Inode);
            await QueueRemovedAsync(batch, found.Dentry.Parent, found.Dentry.Name, false);
            if ((await store.CommitAsync(batch)).Committed)
                return;
        }
    }

    public async Task RmDirAsync(string path)
    {
        NamedInode found = (await FindAsync(path))!.Value;
        await source.ListAsync(found.Inode.Id);
        Batch batch = new Batch().Require(new Guard.DirectoryEmpty(found.Inode.Id))
            .Add(new RowWrite.DeleteDentry(found.Dentry.Parent, found.Dentry.Name))
            .Add(new RowWrite.DeleteDirectory(found.Inode.Id))
            .Add(new RowWrite.PutOrphan(found.Inode.Id));
        InodeRow inode = (await store.GetInodeAsync(found.Inode.Id))!;
        batch.Update(inode, inode with { NLink = 0 });
        await QueueRemovedAsync(batch, found.Dentry.Parent, found.Dentry.Name, true);
        Assert.True((await store.CommitAsync(batch)).Committed);
    }

    public async Task LinkAsync(string path, string newPath)
    {
        while (true)
        {
            InodeRow inode = await GetAsync(path);
            (long parent, FileName name) = await SplitAsync(newPath);
            Batch batch = new Batch().Require(new Guard.DentryAbsent(parent, name));
            batch.Update(inode, inode with { NLink = inode.NLink + 1 });
            batch.Add(new RowWrite.PutDentry(new DentryRow { Parent = parent, Name = name, Child = inode.Id, Type = FileType.ToDirentType(inode.Mode), Cookie = store.AllocateIds() }));
            batch.Add(Queue(ExportKind.Inode, 0, inode.Id, ""));
            if ((await store.CommitAsync(batch)).Committed)
                return;
        }
    }

    public async Task ChmodAsync(string path, uint mode)
    {
        NamedInode found = (await FindAsync(path))!.Value;
        await source.ImportAttributesAsync(found.Inode.Id, found.Dentry.Parent, found.Dentry.Cookie);
        while (true)
        {
            InodeRow inode = await GetAsync(path);
            Batch batch = new();
            batch.Update(inode, inode with { Mode = inode.Type | mode });
            batch.Add(Queue(ExportKind.Inode, 0, inode.Id, ""));
            if ((await store.CommitAsync(batch)).Committed)
                return;
        }
    }

    public async Task RenameAsync(string from, string to)
    {
        while (true)
        {
            NamedInode moved = (await FindAsync(from))!.Value;
            NamedInode? replaced = await FindAsync(to);
            (long parent, FileName name) = await SplitAsync(to);
            Batch batch = new Batch().Require(new Guard.DentryIs(moved.Dentry.Parent, moved.Dentry.Name, moved.Inode.Id));
            if (replaced is { } old)
            {
                batch.Require(new Guard.DentryIs(parent, name, old.Inode.Id));
                if (old.Inode.Id == moved.Inode.Id)
                    return;
                DropName(batch, old.Inode);
            }
            else
            {
                batch.Require(new Guard.DentryAbsent(parent, name));
            }
            batch.Add(new RowWrite.DeleteDentry(moved.Dentry.Parent, moved.Dentry.Name));
            batch.Add(new RowWrite.PutDentry(moved.Dentry with { Parent = parent, Name = name, Cookie = store.AllocateIds() }));
            await QueueRemovedAsync(batch, moved.Dentry.Parent, moved.Dentry.Name, moved.Inode.IsDirectory);
            await MovedAsync(batch, moved.Inode, parent, name);
            if ((await store.CommitAsync(batch)).Committed)
                return;
        }
    }

    public async Task ExchangeAsync(string one, string other)
    {
        NamedInode a = (await FindAsync(one))!.Value;
        NamedInode b = (await FindAsync(other))!.Value;
        Batch batch = new Batch()
            .Add(new RowWrite.PutDentry(a.Dentry with { Child = b.Inode.Id, Type = b.Dentry.Type }))
            .Add(new RowWrite.PutDentry(b.Dentry with { Child = a.Inode.Id, Type = a.Dentry.Type }));
        await QueueRemovedAsync(batch, a.Dentry.Parent, a.Dentry.Name, a.Inode.IsDirectory);
        await QueueRemovedAsync(batch, b.Dentry.Parent, b.Dentry.Name, b.Inode.IsDirectory);
        await MovedAsync(batch, a.Inode, b.Dentry.Parent, b.Dentry.Name);
        await MovedAsync(batch, b.Inode, a.Dentry.Parent, a.Dentry.Name);
        Assert.True((await store.CommitAsync(batch)).Committed);
    }

    public async Task ReleaseAsync(string path)
    {
        using Content content = await cache.OpenAsync((await GetAsync(path)).ContentId, CancellationToken.None);
        ReleaseResult result = await content.ReleaseAsync(null, CancellationToken.None);
        Assert.True(result is ReleaseResult.Released or ReleaseResult.AlreadyReleased, $"{path}: {result}");
    }

    public async Task<string> ReadAsync(string path)
    {
        InodeRow inode = await GetAsync(path);
        return inode.ContentId == 0 ? "" : await ReadContentAsync(inode.ContentId);
    }

    public async Task<string> ReadContentAsync(long id)
    {
        using Content content = await cache.OpenAsync(id, CancellationToken.None);
        byte[] bytes = new byte[content.Length];
        int total = 0;
        while (total < bytes.Length)
        {
            int read = await content.ReadAsync(total, bytes.AsMemory(total), null, CancellationToken.None);
            if (read == 0)
                break;
            total += read;
        }
        return Encoding.UTF8.GetString(bytes, 0, total);
    }

    /// <summary>Paths (without the leading slash) and bytes of all files and links, everything listed.</summary>
    public async Task<SortedDictionary<string, string>> FilesAsync()
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        await CollectAsync(InodeRow.RootId, "", files);
        return files;
    }

    private async Task CollectAsync(long directory, string prefix, SortedDictionary<string, string> files)
    {
        await source.ListAsync(directory);
        List<NamedInode> entries = [];
        await store.ReadDirectoryPlusAsync(directory, 0, int.MaxValue, entries);
        foreach (NamedInode entry in entries)
        {
            string path = prefix + entry.Dentry.Name;
            if (entry.Inode.IsDirectory)
                await CollectAsync(entry.Inode.Id, path + "/", files);
            else if (entry.Inode.Type == FileType.Symlink)
                files.Add(path, Encoding.UTF8.GetString(entry.Inode.Target!));
            else if (entry.Inode.IsRegular)
                files.Add(path, entry.Inode.ContentId == 0 ? "" : await ReadContentAsync(entry.Inode.ContentId));
        }
    }

    private async Task AddAsync(string path, uint mode, byte[]? target)
    {
        (long parent, FileName name) = await SplitAsync(path);
        long id = store.AllocateIds(2);
        Batch batch = new Batch().Require(new Guard.DentryAbsent(parent, name)).Require(new Guard.DirectoryLive(parent))
            .Add(new RowWrite.PutInode(new InodeRow { Id = id, Ino = id, Mode = mode, Uid = 1000, Gid = 1000, NLink = 1, Target = target, Size = target?.Length ?? 0, MtimeNs = Now, AtimeNs = Now }))
            .Add(new RowWrite.PutDentry(new DentryRow { Parent = parent, Name = name, Child = id, Type = FileType.ToDirentType(mode), Cookie = id + 1 }))
            .Add(Queue(ExportKind.Inode, 0, id, ""));
        if ((mode & FileType.Mask) == FileType.Directory)
        {
            KeyPlace? place = await _paths.GetKeyAsync(parent, name, true);
            batch.Add(new RowWrite.PutDirectory(new DirectoryRow { Id = id, Parent = parent, Name = name, LinkId = place?.Link?.Id ?? 0, Prefix = place is { HasKey: true } p ? p.Key : null }));
        }
        Assert.True((await store.CommitAsync(batch)).Committed);
    }

    private async Task<Content> TruncateAsync(long id)
    {
        while (true)
        {
            InodeRow inode = (await store.GetInodeAsync(id))!;
            long previous = inode.ContentId;
            ContentRow row = cache.NewContent(store.AllocateIds(), id);
            Batch batch = new();
            batch.Update(inode, inode with { ContentId = row.Id, Size = 0 });
            batch.Add(new RowWrite.PutContent(row)).Add(Queue(ExportKind.Inode, 0, id, ""));
            if (previous != 0)
                batch.Add(new RowWrite.DeleteContent(previous));
            if (!(await store.CommitAsync(batch)).Committed)
                continue;
            if (previous != 0)
                cache.Discard(previous);
            return cache.Attach(row);
        }
    }

    private async Task RestAsync(Content content, long id)
    {
        while (true)
        {
            InodeRow inode = (await store.GetInodeAsync(id))!;
            try
            {
                await content.RestAsync(batch =>
                {
                    batch.Update(inode, inode with { Size = content.Length, MtimeNs = content.Stat().MtimeNs });
                    batch.Add(Queue(ExportKind.Inode, 0, id, ""));
                }, CancellationToken.None);
                return;
            }
            catch (GuardFailedException)
            {
            }
        }
    }

    private async Task MovedAsync(Batch batch, InodeRow inode, long parent, FileName name)
    {
        if (await store.GetDirectoryAsync(inode.Id) is not { } row)
        {
            batch.Add(Queue(ExportKind.Inode, 0, inode.Id, ""));
            return;
        }
        batch.Update(row, row with { Parent = parent, Name = name });
        batch.Add(Queue(ExportKind.Move, row.LinkId, row.Id, row.Prefix ?? ""));
        // An earlier move was not followed yet: some objects may be where the path said until now.
        if (await _paths.GetPrefixAsync(row.Id) is { HasKey: true } before && (before.Link!.Id, before.Key) != (row.LinkId, row.Prefix))
            batch.Add(Queue(ExportKind.Move, before.Link.Id, row.Id, before.Key));
    }

    private async Task QueueRemovedAsync(Batch batch, long parent, FileName name, bool directory)
    {
        DirectoryRow row = (await store.GetDirectoryAsync(parent))!;
        if (row.LinkId == 0)
            return;
        string suffix = name + (directory ? "/" : "");
        batch.Add(Queue(ExportKind.Key, row.LinkId, 0, row.Prefix + suffix));
        if (await _paths.GetPrefixAsync(parent) is { HasKey: true } place && place.Key != row.Prefix)
            batch.Add(Queue(ExportKind.Key, row.LinkId, 0, place.Key + suffix));
    }

    private static void DropName(Batch batch, InodeRow inode)
    {
        InodeRow left = batch.Update(inode, inode with { NLink = inode.NLink - 1 });
        batch.Add(left.NLink == 0 ? new RowWrite.PutOrphan(inode.Id) : Queue(ExportKind.Inode, 0, inode.Id, ""));
    }

    private async Task<(long Parent, FileName Name)> SplitAsync(string path)
    {
        int slash = path.LastIndexOf('/');
        return (await DirectoryAsync(path[..slash]), new FileName(path[(slash + 1)..]));
    }

    private static RowWrite.QueueExport Queue(ExportKind kind, int link, long subject, string key) =>
        new(new ExportRow { Kind = kind, LinkId = link, Subject = subject, Key = key, QueuedNs = Now });

    /// <summary>A file open for writing.</summary>
    public sealed class OpenWrite(Namespace tree, Content content, long inode) : IAsyncDisposable
    {
        public Content Content => content;

        public async ValueTask DisposeAsync()
        {
            await tree.RestAsync(content, inode);
            content.Dispose();
        }
    }
}
