using System.Text;
using FsxFuse.Cache;
using FsxFuse.Fuse;
using FsxFuse.Metadata;
using FsxFuse.Metadata.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.FileSystem.Tests;

/// <summary>The operation classes on a real store and cache in a directory of their own, without a kernel.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly string _directory;
    private readonly IDisposable _feed;

    private Workbench(string directory, FaultyStore faults, ContentCache cache, FakeRepository repository)
    {
        IMetadataStore store = faults.Port;
        _directory = directory;
        Faults = faults;
        Store = store;
        Cache = cache;
        Repository = repository;
        Volume = new Volume(store, cache, repository, new FileSystemOptions(), TimeProvider.System, NullLogger.Instance);
        Exports = new ExportNotes(Volume);
        Names = new NameLookup(Volume);
        AccessControlLists acls = new(Volume);
        Creation = new NameCreation(Volume, Exports, acls);
        Removal = new NameRemoval(Volume, Exports, Names);
        Linking = new Linking(Volume, Exports);
        Reaper = new OrphanReaper(Volume);
        Retries = new RestRetries(Volume);
        Contents = new FileContents(Volume, Exports, Reaper, Retries);
        Renaming = new Renaming(Volume, Exports, Names, Removal) { FlushContent = Contents.FlushAsync };
        Xattrs = new ExtendedAttributes(Volume, Exports);
        Io = new FileInputOutput(Volume, Contents, Xattrs);
        Changes = new AttributeChanges(Volume, Exports, acls, Contents);
        Directories = new Directories(Volume, Names);
        AccessTimes = new AccessTimes(Volume);
        KernelCaches caches = new(Volume, Exports, Reaper);
        _feed = store.Subscribe(caches.OnCommitted);
    }

    public FaultyStore Faults { get; }

    public IMetadataStore Store { get; }

    public ContentCache Cache { get; }

    public FakeRepository Repository { get; }

    public Volume Volume { get; }

    public ExportNotes Exports { get; }

    public NameLookup Names { get; }

    public NameCreation Creation { get; }

    public NameRemoval Removal { get; }

    public Linking Linking { get; }

    public OrphanReaper Reaper { get; }

    public RestRetries Retries { get; }

    public FileContents Contents { get; }

    public Renaming Renaming { get; }

    public ExtendedAttributes Xattrs { get; }

    public FileInputOutput Io { get; }

    public AttributeChanges Changes { get; }

    public Directories Directories { get; }

    public AccessTimes AccessTimes { get; }

    public Node Root { get; private set; } = null!;

    public static Task<Workbench> CreateAsync() => OpenAsync(System.IO.Directory.CreateTempSubdirectory("fsxfuse-fs-").FullName, new FakeRepository());

    /// <summary>Ends as a killed process does: nothing is brought to rest, and the next one recovers.</summary>
    public async Task<Workbench> CrashAsync()
    {
        _feed.Dispose();
        await Store.DisposeAsync();
        return await OpenAsync(_directory, Repository);
    }

    public async ValueTask DisposeAsync()
    {
        _feed.Dispose();
        await Retries.DisposeAsync();
        await Reaper.DisposeAsync();
        await Cache.DisposeAsync();
        await Store.DisposeAsync();
        System.IO.Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Links the root to the prefix "p/" of link 1.</summary>
    public async Task LinkRootAsync(ListingState listing = ListingState.Complete)
    {
        DirectoryRow root = (await Store.GetDirectoryAsync(InodeRow.RootId))!;
        Batch batch = new(Repository);
        batch.Update(root, root with { LinkId = 1, Prefix = "p/", Listing = listing });
        batch.Add(new RowWrite.PutLink(new LinkRow
        {
            Id = 1,
            AssociationId = "dra-00000000000000001",
            Directory = InodeRow.RootId,
            Path = "/",
            Url = "s3://bucket/p/",
            Options = "{}",
            Lifecycle = "AVAILABLE",
        }));
        Assert.True((await Store.CommitAsync(batch)).Committed);
    }

    /// <summary>Makes an inode; the kernel's reference to it is counted, as LOOKUP would.</summary>
    public async Task<Node> MakeAsync(Node parent, string name, uint mode = FileType.Regular | 0x1A4, uint umask = 0)
    {
        Outcome<NameCreation.Made> made = await Creation.CreateAsync(parent, new FileName(name), new NewInode(mode, umask, 1000, 1000));
        Assert.Equal(Errno.None, made.Error);
        return Volume.Nodes.Reference(made.Value.Inode);
    }

    public Task<Node> MakeDirectoryAsync(Node parent, string name) => MakeAsync(parent, name, FileType.Directory | 0x1ED);

    public async Task<Node> MakeFileAsync(Node parent, string name, string text)
    {
        Node node = await MakeAsync(parent, name);
        await WriteAsync(node, 0, text);
        return node;
    }

    public async Task<OpenFile> OpenAsync(Node node, uint flags = 2)
    {
        OpenFile file = new(node, flags);
        await Contents.OpenedAsync(node, file.CanWrite);
        return file;
    }

    public async Task CloseAsync(OpenFile file) => await Contents.ClosedAsync(file.Node, file.CanWrite);

    public async Task WriteAsync(OpenFile file, long offset, string text, bool killPrivileges = false)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        if (Io.TryWrite(file, offset, bytes, killPrivileges, out ValueTask write))
        {
            await write;
        }
        else
        {
            await Io.WriteAsync(file, offset, bytes, killPrivileges, CancellationToken.None);
        }
    }

    public async Task WriteAsync(Node node, long offset, string text)
    {
        OpenFile file = await OpenAsync(node);
        await WriteAsync(file, offset, text);
        await CloseAsync(file);
    }

    public async Task<string> ReadAsync(Node node)
    {
        OpenFile file = await OpenAsync(node, OpenFlags.ReadOnly);
        byte[] bytes = new byte[1 << 16];
        int read = await Io.ReadAsync(file, 0, bytes, CancellationToken.None);
        await CloseAsync(file);
        return Encoding.ASCII.GetString(bytes, 0, read);
    }

    /// <summary>The node behind a name, read from the store.</summary>
    public async Task<Node> FindAsync(Node parent, string name)
    {
        Outcome<NamedInode> found = await Names.FindAsync(parent, new FileName(name), CancellationToken.None);
        Assert.Equal(Errno.None, found.Error);
        return Volume.Nodes.Reference(found.Value.Inode);
    }

    public async Task<Errno> TryFindAsync(Node parent, string name) => (await Names.FindAsync(parent, new FileName(name), CancellationToken.None)).Error;

    public async Task<Errno> RenameAsync(Node from, string oldName, Node to, string newName, RenameFlags flags = RenameFlags.None) =>
        await Renaming.RenameAsync(from, new FileName(oldName), to, new FileName(newName), flags, CancellationToken.None);

    public async Task<InodeRow> RowAsync(Node node) => (await Store.GetInodeAsync(node.Id))!;

    /// <summary>Takes the export queue: each entry as text, and the queue is empty.</summary>
    public async Task<string[]> TakeExportsAsync()
    {
        IReadOnlyList<ExportRow> rows = await Store.GetExportsAsync(long.MaxValue, 0, 1000);
        Batch batch = new(Repository);
        foreach (ExportRow row in rows)
        {
            batch.Add(new RowWrite.DeleteExport(row.Id, row.Version));
        }

        await Store.CommitAsync(batch);
        return [.. rows.Select(Text).Order(StringComparer.Ordinal)];

        static string Text(ExportRow row) => row.Kind switch
        {
            ExportKind.Inode => $"Inode {row.Subject}",
            ExportKind.Key => $"Key {row.LinkId} {row.Key}",
            _ => $"Move {row.LinkId} {row.Subject} {row.Key}",
        };
    }

    private static async Task<Workbench> OpenAsync(string directory, FakeRepository repository)
    {
        FaultyStore store = FaultyStore.Around(await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(directory, "metadata.db"), CreateIfMissing = true }, TimeProvider.System, NullLogger.Instance));
        ContentCache cache = new(
            store.Port,
            repository,
            new TierOptions { Directory = Path.Combine(directory, "cache"), MaxReadAhead = 0 },
            new MemoryBudget(16 << 20),
            TimeProvider.System,
            NullLogger.Instance);
        await cache.RecoverAsync(CancellationToken.None);
        Workbench bench = new(directory, store, cache, repository);
        await bench.Exports.LoadAsync();
        bench.Volume.HasXattrs = await store.Port.HasXattrsAsync();
        bench.Reaper.Start();
        bench.Retries.Start();
        bench.Root = (await bench.Volume.GetNodeAsync(InodeRow.RootId))!;
        return bench;
    }
}
