using System.Text;
using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Links;

/// <summary>
/// Keys as names and names as keys. A key is a prefix and components joined by '/'; a directory's own object (its marker) has a key
/// that ends in '/'. Both directions are exact: whatever cannot be mapped back to the same key is a fault, never a guess.
/// </summary>
public static class KeyMap
{
    /// <summary>How the scratch keys of <see cref="ObjectStoreProbe"/> begin, after the link's prefix. Names that begin so are left out on both sides.</summary>
    public const string ProbePrefix = ".fsxfuse-probe-";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Turns one component of a key into a name.</summary>
    /// <returns>Null when <paramref name="name"/> was set, else why it could not be.</returns>
    public static KeyFault? ToName(ReadOnlySpan<char> component, out FileName name)
    {
        name = default;
        if (component.IsEmpty)
            return KeyFault.EmptyComponent;
        if (component is "." or "..")
            return KeyFault.DotComponent;
        if (component.Contains('\0'))
            return KeyFault.Nul;
        if (component.StartsWith(ProbePrefix))
            return KeyFault.Probe;
        try
        {
            byte[] bytes = new byte[Strict.GetByteCount(component)];
            if (bytes.Length > FileName.MaxLength)
                return KeyFault.ComponentTooLong;
            Strict.GetBytes(component, bytes);
            name = new FileName(bytes);
            return null;
        }
        catch (EncoderFallbackException)
        {
            return KeyFault.InvalidText;
        }
    }

    /// <summary>Finds out whether a key (without the link's prefix) can be a path; one trailing slash is a directory's marker and is fine.</summary>
    public static KeyFault? FindFault(ReadOnlySpan<char> relativeKey)
    {
        if (relativeKey.Length > 1 && relativeKey[^1] == '/')
            relativeKey = relativeKey[..^1];
        foreach (Range range in relativeKey.Split('/'))
        {
            if (ToName(relativeKey[range], out _) is { } fault)
                return fault;
        }
        return null;
    }

    /// <summary>
    /// The key of a name below a prefix. <paramref name="isDirectory"/>: the key of the marker, which is also the prefix of what is in it.
    /// </summary>
    /// <returns>Null when <paramref name="key"/> was set; else <see cref="KeyFault.NameNotUtf8"/>, <see cref="KeyFault.KeyTooLong"/> or <see cref="KeyFault.Probe"/>: the name cannot be exported.</returns>
    public static KeyFault? ToKey(string prefix, FileName name, bool isDirectory, out string key)
    {
        key = "";
        if (!name.TryGetText(out string? text))
            return KeyFault.NameNotUtf8;
        if (text.StartsWith(ProbePrefix, StringComparison.Ordinal))
            return KeyFault.Probe;
        string made = isDirectory ? string.Concat(prefix, text, "/") : string.Concat(prefix, text);
        if (ObjectKey.ByteLength(made) > ObjectKey.MaxBytes)
            return KeyFault.KeyTooLong;
        key = made;
        return null;
    }

    /// <summary>Splits a key into the prefix of its directory and its last component (without the slash of a marker).</summary>
    public static (string DirectoryPrefix, string Component, bool IsMarker) Split(string key)
    {
        bool marker = key.Length > 0 && key[^1] == '/';
        string trimmed = marker ? key[..^1] : key;
        int slash = trimmed.LastIndexOf('/');
        return (trimmed[..(slash + 1)], trimmed[(slash + 1)..], marker);
    }

    /// <summary>The fault as the end of a sentence that began with the key.</summary>
    public static string Describe(KeyFault fault) => fault switch
    {
        KeyFault.EmptyComponent => "has an empty component ('//' or a leading '/')",
        KeyFault.DotComponent => "has a component '.' or '..'",
        KeyFault.Nul => "holds a NUL character",
        KeyFault.ComponentTooLong => "has a component of more than 255 bytes",
        KeyFault.InvalidText => "is not valid Unicode",
        KeyFault.KeyTooLong => "would have more than 1,024 bytes",
        KeyFault.Probe => $"begins with '{ProbePrefix}', which is kept for trials of what a repository can do",
        KeyFault.NameNotUtf8 => "has a name that is not valid UTF-8",
        _ => "is hidden by the directory of the same name",
    };
}
