namespace FsxFuse.Repository.Links;

/// <summary>Why a key cannot be a path, or a path no key.</summary>
public enum KeyFault
{
    /// <summary>The key begins with '/' or holds '//': a component is empty.</summary>
    EmptyComponent,

    /// <summary>A component is '.' or '..'.</summary>
    DotComponent,

    /// <summary>The key holds a NUL character.</summary>
    Nul,

    /// <summary>A component has more than 255 bytes (NAME_MAX).</summary>
    ComponentTooLong,

    /// <summary>Half of a surrogate pair.</summary>
    InvalidText,

    /// <summary>The key would have more than 1,024 bytes.</summary>
    KeyTooLong,

    /// <summary>A name on the way is not valid UTF-8, which a key must be.</summary>
    NameNotUtf8,

    /// <summary>It belongs to the trial of what a repository can do, of this mount or another: there for a moment, and no file.</summary>
    Probe,

    /// <summary>There is an object <c>a</c> beside objects <c>a/…</c>: the directory has the name.</summary>
    ShadowedByDirectory,
}
