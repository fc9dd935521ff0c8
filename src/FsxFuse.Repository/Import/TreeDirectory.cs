using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>A directory on the way from the link's directory to the key an import is at.</summary>
internal sealed class TreeDirectory(TreeDirectory? parent, string prefix, DirectoryRow? row)
{
    /// <summary>Key prefix of what is in it.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Its row; null: there is no such directory here (only met by keys that are gone).</summary>
    public DirectoryRow? Row { get; set; } = row;

    /// <summary>Made by this import: it holds no other names yet.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Left alone with all below it: changed or moved here, or waiting for its deletion.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The repository has keys in or below it.</summary>
    public bool IsSeen { get; private set; }

    public bool IsLeftAlone
    {
        get
        {
            for (TreeDirectory? at = this; at is not null; at = at.Parent)
            {
                if (at.IsRefused)
                    return true;
            }
            return false;
        }
    }

    public TreeDirectory? Parent { get; } = parent;

    /// <summary>The nearest directory above that there is here.</summary>
    public TreeDirectory? KnownParent
    {
        get
        {
            TreeDirectory? at = Parent;
            while (at is { Row: null })
                at = at.Parent;
            return at;
        }
    }

    /// <summary>Notes a key below it, and calls back for each directory of which that was not known.</summary>
    public void See(Action<TreeDirectory> first)
    {
        for (TreeDirectory? at = this; at is { IsSeen: false }; at = at.Parent)
        {
            at.IsSeen = true;
            first(at);
        }
    }
}
