using FsxFuse.Repository.Links;

namespace FsxFuse.State;

/// <summary>A SOURCE as given on the command line: the name of a file system, or a repository.</summary>
/// <param name="Name">The name, when it is one.</param>
/// <param name="Url">The repository, when it is one.</param>
internal readonly record struct SourceAddress(string? Name, RepositoryUrl? Url)
{
    /// <summary>Reads a SOURCE: NAME, <c>s3://bucket/prefix</c> or <c>file:///dir</c>.</summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    public static SourceAddress Parse(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
            return new SourceAddress(null, ParseUrl(text));
        if (text.Contains('/', StringComparison.Ordinal))
            throw new UsageException($"'{text}' is no source: use the NAME of a file system, s3://bucket/prefix or file:///dir");
        FileSystemName.Validate(text);
        return new SourceAddress(text, null);
    }

    /// <summary>Reads the URL of a repository.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static RepositoryUrl ParseUrl(string text)
    {
        if (!RepositoryUrl.TryParse(text.TrimEnd('/') is { Length: > 0 } trimmed && !trimmed.EndsWith(':') ? trimmed : text, out RepositoryUrl? url, out string? error))
            throw new UsageException(error.TrimEnd('.'));
        if (url.Scheme != "file")
            return url;
        string path = Path.GetFullPath(url.Container);
        return path == "/"
            ? throw new UsageException("the root directory cannot be a repository: the file system's own state would lie inside it")
            : RepositoryUrl.Parse("file://" + path);
    }

    /// <summary>The name a file system made from a repository gets, before it is made unique.</summary>
    public static string SuggestName(RepositoryUrl url) => FileSystemName.From(url.Container + "/" + url.Prefix);
}
