namespace FsxFuse.Metadata.Sqlite;

/// <summary>One reading connection and its statements, which are prepared when a part is first used.</summary>
internal sealed class Reader(Database database) : IDisposable
{
    private NamespaceQueries? _namespace;
    private ContentQueries? _contents;
    private RepositoryQueries? _repository;
    private JournalQueries? _journal;

    public NamespaceQueries Namespace => _namespace ??= new NamespaceQueries(database);

    public ContentQueries Contents => _contents ??= new ContentQueries(database);

    public RepositoryQueries Repository => _repository ??= new RepositoryQueries(database);

    public JournalQueries Journal => _journal ??= new JournalQueries(database);

    public void Dispose() => database.Dispose();
}
