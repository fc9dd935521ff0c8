using System.Diagnostics.CodeAnalysis;

namespace FsxFuse.Repository.Links;

/// <summary>Policies in the words of the FSx API and of the command line.</summary>
public static class PolicyNames
{
    private static readonly (RepositoryEvents Event, string Name)[] Events =
        [(RepositoryEvents.New, "NEW"), (RepositoryEvents.Changed, "CHANGED"), (RepositoryEvents.Deleted, "DELETED")];

    private static readonly (ConflictPolicy Policy, string Name)[] Conflicts =
        [(ConflictPolicy.KeepBoth, "keep-both"), (ConflictPolicy.FileSystemWins, "fs-wins"), (ConflictPolicy.RepositoryWins, "s3-wins")];

    /// <summary>The events as FSx writes them: NEW, CHANGED, DELETED.</summary>
    public static IReadOnlyList<string> ToNames(this RepositoryEvents events) => [.. Events.Where(e => events.HasFlag(e.Event)).Select(e => e.Name)];

    /// <summary>Reads <c>NEW,CHANGED,DELETED</c> in any case; <c>none</c> is nothing.</summary>
    public static bool TryParse(string text, out RepositoryEvents events)
    {
        events = RepositoryEvents.None;
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            RepositoryEvents found = Array.Find(Events, e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Event;
            if (found == RepositoryEvents.None)
                return false;
            events |= found;
        }
        return true;
    }

    /// <summary>The policy as options and commands name it.</summary>
    public static string ToName(this ConflictPolicy policy) => Array.Find(Conflicts, c => c.Policy == policy).Name;

    /// <summary>Reads <c>keep-both</c>, <c>fs-wins</c> or <c>s3-wins</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ConflictPolicy? policy)
    {
        policy = Array.Find(Conflicts, c => c.Name == text) is { Name: not null } found ? found.Policy : null;
        return policy is not null;
    }
}
