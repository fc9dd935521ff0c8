using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>A name that a listing shows. <paramref name="Key"/>: of the object, or the prefix of a directory.</summary>
internal readonly record struct ListedName(FileName Name, string Key, ObjectEntry? Entry)
{
    public bool IsDirectory => Entry is null;
}
