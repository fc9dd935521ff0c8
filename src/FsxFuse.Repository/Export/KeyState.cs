using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>A key as both sides left it: what was agreed on last, and what is there now. Valid while its lock is held.</summary>
/// <param name="Link">The link.</param>
/// <param name="Key">The key.</param>
/// <param name="Remembered">What both sides agreed on last; null: absent.</param>
/// <param name="Current">What a HEAD found; null: absent, or not looked at because the server checks the condition itself.</param>
/// <param name="Change">What others did since.</param>
internal sealed record KeyState(Link Link, string Key, ObjectRow? Remembered, ObjectInfo? Current, KeyChange Change)
{
    /// <summary>What must still hold when the key is written.</summary>
    public WriteCondition Condition => Current is { } info ? WriteCondition.Matches(info.ETag) : WriteCondition.Absent;
}
