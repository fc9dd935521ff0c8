using System.Globalization;
using System.Text;

namespace FsxFuse.Metadata;

/// <summary>What <c>lfs hsm_state</c> tells of a file.</summary>
/// <param name="Flags">The states.</param>
public readonly record struct HsmState(HsmFlags Flags)
{
    /// <summary>The archive number printed for archived files: there is one archive.</summary>
    public const int ArchiveId = 1;

    // In the order in which lfs prints them.
    private static readonly (HsmFlags Flag, string Word)[] Words =
    [
        (HsmFlags.Released, "released"), (HsmFlags.Exists, "exists"), (HsmFlags.Dirty, "dirty"), (HsmFlags.Archived, "archived"),
        (HsmFlags.NoRelease, "never_release"), (HsmFlags.NoArchive, "never_archive"), (HsmFlags.Lost, "lost_from_hsm"),
    ];

    /// <summary>Every word of a state.</summary>
    public static IReadOnlyList<string> AllWords { get; } = [.. Words.Select(w => w.Word)];

    /// <summary>
    /// The state of a file. <paramref name="content"/> is null for one that has no content yet. One that is here in part counts as
    /// released, so that whoever restores what is released ends with all of it.
    /// </summary>
    public static HsmState From(InodeRow inode, ContentRow? content)
    {
        HsmFlags flags = HsmFlags.None;
        // A directory, though its marker may be there, has no bytes: it can only be pinned.
        if (!inode.IsRegular)
            return new HsmState(inode.Flags.HasFlag(InodeFlags.NoRelease) ? HsmFlags.NoRelease : HsmFlags.None);
        if (inode.Flags.HasFlag(InodeFlags.Archived) || content is { SourceLink: not 0 })
        {
            flags |= HsmFlags.Exists | HsmFlags.Archived;
            if (content?.Flags.HasFlag(ContentFlags.Dirty) == true)
                flags |= HsmFlags.Dirty;
            else if (content is { SourceLength: > 0 } && !content.Flags.HasFlag(ContentFlags.Complete))
                flags |= HsmFlags.Released;
        }
        if (inode.Flags.HasFlag(InodeFlags.NoRelease))
            flags |= HsmFlags.NoRelease;
        if (inode.Flags.HasFlag(InodeFlags.NoArchive))
            flags |= HsmFlags.NoArchive;
        if (inode.Flags.HasFlag(InodeFlags.Lost))
            flags |= HsmFlags.Lost;
        return new HsmState(flags);
    }

    /// <summary>As <c>lfs hsm_state</c> prints it after the name: <c>(0x0000000d) released exists archived, archive_id:1</c>.</summary>
    public override string ToString()
    {
        HsmFlags flags = Flags;
        StringBuilder text = new(string.Create(CultureInfo.InvariantCulture, $"(0x{(int)flags:x8})"));
        foreach ((_, string word) in Words.Where(w => flags.HasFlag(w.Flag)))
            text.Append(' ').Append(word);
        if (flags.HasFlag(HsmFlags.Archived))
            text.Append(CultureInfo.InvariantCulture, $", archive_id:{ArchiveId}");
        return text.ToString();
    }
}
