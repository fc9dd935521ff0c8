namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>The ground of the conformance suite: an open store, and rows to fill it with.</summary>
public abstract class StoreConformance<THarness> : IAsyncLifetime
    where THarness : StoreHarness, new()
{
    protected const long Root = InodeRow.RootId;

    protected THarness Harness { get; } = new();

    protected IMetadataStore Store { get; set; } = null!;

    public async Task InitializeAsync() => Store = await Harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await Harness.DisposeAsync();
    }

    protected static FileName Name(string text) => new(text);

    protected InodeRow NewFile(long size = 0)
    {
        long id = Store.AllocateIds();
        return new InodeRow { Id = id, Ino = id, Version = 1, Mode = 0x81A4, Size = size };
    }

    protected static DentryRow Entry(long parent, string name, long child, long cookie) =>
        new() { Parent = parent, Name = Name(name), Child = child, Type = 8, Cookie = cookie };

    protected async Task<CommitResult> CommitAsync(params RowWrite[] writes)
    {
        Batch batch = new();
        foreach (RowWrite write in writes)
            batch.Add(write);
        return await Store.CommitAsync(batch);
    }

    protected async Task<InodeRow> AddFileAsync(string name, long parent = Root, long size = 0)
    {
        InodeRow file = NewFile(size);
        await CommitAsync(new RowWrite.PutInode(file), new RowWrite.PutDentry(Entry(parent, name, file.Id, Store.AllocateIds())));
        return file;
    }

    protected async Task<DirectoryRow> AddDirectoryAsync(string name, long parent = Root, ListingState listing = ListingState.Complete)
    {
        long id = Store.AllocateIds();
        DirectoryRow row = new() { Id = id, Parent = parent, Name = Name(name), Version = 1, Listing = listing };
        await CommitAsync(
            new RowWrite.PutInode(new InodeRow { Id = id, Ino = id, Version = 1, Mode = 0x41ED, NLink = 2 }),
            new RowWrite.PutDirectory(row),
            new RowWrite.PutDentry(Entry(parent, name, id, Store.AllocateIds()) with { Type = 4 }),
            new RowWrite.MergeInode(parent, 0, 0, 1));
        return row;
    }

    protected async Task<ExportRow> QueueAsync(ExportRow row)
    {
        await CommitAsync(new RowWrite.QueueExport(row));
        return (await Store.GetExportAsync(row.Kind, row.LinkId, row.Subject, row.Key))!;
    }

    protected static ObjectRow Object(int link, string key) => new() { LinkId = link, Key = key, ETag = "e", Size = 1, ModifiedNs = 2 };

    protected static LinkRow Link(int id) => new()
    {
        Id = id,
        AssociationId = $"dra-{id:x17}",
        Directory = Root,
        Path = "/",
        Url = "s3://bucket/",
        Options = "{}",
        Lifecycle = "AVAILABLE",
    };
}
