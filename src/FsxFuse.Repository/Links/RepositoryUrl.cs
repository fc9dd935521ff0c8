using System.Diagnostics.CodeAnalysis;

namespace FsxFuse.Repository.Links;

/// <summary>
/// Where a repository is: <c>s3://bucket/prefix/</c>, or <c>file:///dir/</c> for a directory that stands in for a bucket.
/// </summary>
public sealed record RepositoryUrl
{
    private RepositoryUrl(string scheme, string container, string prefix)
    {
        Scheme = scheme;
        Container = container;
        Prefix = prefix;
    }

    /// <summary><c>s3</c> or <c>file</c>.</summary>
    public string Scheme { get; }

    /// <summary>The bucket, or the directory's absolute path without a trailing slash (<c>/</c> for the root).</summary>
    public string Container { get; }

    /// <summary>Key prefix: empty or ending in <c>/</c>; always empty for a directory.</summary>
    public string Prefix { get; }

    /// <summary>Whether it is a bucket.</summary>
    public bool IsS3 => Scheme == "s3";

    /// <summary>Reads an URL; a missing trailing slash is added.</summary>
    /// <exception cref="FormatException">The text is no such URL; the message says what is wrong.</exception>
    public static RepositoryUrl Parse(string text) => TryParse(text, out RepositoryUrl? url, out string? error) ? url : throw new FormatException(error);

    /// <summary>Reads an URL.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RepositoryUrl? url, [NotNullWhen(false)] out string? error)
    {
        url = null;
        error = null;
        if (text.StartsWith("s3://", StringComparison.Ordinal))
        {
            string rest = text["s3://".Length..];
            int slash = rest.IndexOf('/', StringComparison.Ordinal);
            string bucket = slash < 0 ? rest : rest[..slash];
            string prefix = slash < 0 ? "" : rest[(slash + 1)..];
            if (prefix.Length > 0 && prefix[^1] != '/')
                prefix += "/";
            if (bucket.Length is < 3 or > 63)
                error = $"'{text}': a bucket's name has 3 to 63 characters.";
            else if (prefix.Length > 0 && KeyMap.FindFault(prefix) is { } fault)
                error = $"'{text}': the prefix {KeyMap.Describe(fault)}.";
            else
                url = new RepositoryUrl("s3", bucket, prefix);
        }
        else if (text.StartsWith("file:///", StringComparison.Ordinal))
        {
            string path = text["file://".Length..].TrimEnd('/');
            if (path.Contains('\0', StringComparison.Ordinal))
                error = $"'{text}': a path holds no NUL.";
            else
                url = new RepositoryUrl("file", path.Length == 0 ? "/" : path, "");
        }
        else
        {
            error = $"'{text}' is no repository: s3://bucket/prefix or file:///directory is expected.";
        }
        return url is not null;
    }

    /// <summary>Whether one of the two holds (part of) the other: two links may not.</summary>
    public bool Overlaps(RepositoryUrl other)
    {
        string mine = ToString(), theirs = other.ToString();
        return mine.StartsWith(theirs, StringComparison.Ordinal) || theirs.StartsWith(mine, StringComparison.Ordinal);
    }

    /// <summary>The URL with its trailing slash.</summary>
    public override string ToString() => IsS3 ? $"s3://{Container}/{Prefix}" : Container == "/" ? "file:///" : $"file://{Container}/";
}
