namespace FsxFuse.Repository.Objects.Local;

/// <summary>A name in a directory, with the type that readdir gave (DT_UNKNOWN where the file system does not say).</summary>
internal readonly record struct DirectoryName(string Name, byte Type)
{
    public const byte Unknown = 0;
    public const byte Directory = 4;
    public const byte Regular = 8;
    public const byte Symlink = 10;
}
