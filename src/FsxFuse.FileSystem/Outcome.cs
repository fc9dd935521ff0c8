namespace FsxFuse.FileSystem;

/// <summary>What an operation came to: an errno, or <see cref="Errno.None"/> and a value. Expected refusals are no exceptions.</summary>
internal readonly record struct Outcome<T>(Errno Error, T Value)
{
    public bool Ok => Error == Errno.None;

    public static implicit operator Outcome<T>(Errno error) => new(error, default!);

    public static implicit operator Outcome<T>(T value) => new(Errno.None, value);
}
