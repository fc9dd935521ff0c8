using System.Text;

namespace FsxFuse.State;

/// <summary>The rules for names of file systems: they are directory names, socket names and instance names of systemd units.</summary>
internal static class FileSystemName
{
    /// <summary>Longest name: the socket's path has 107 bytes in all.</summary>
    public const int MaxLength = 48;

    /// <summary>Throws unless the name is 1 to 48 letters, digits, '.', '_' and '-', beginning with a letter or digit.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static void Validate(string name)
    {
        if (name.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(IsAllowed))
            throw new UsageException($"'{name}' is no name for a file system: it takes 1 to {MaxLength} letters, digits, '.', '_' and '-', beginning with a letter or digit");
    }

    /// <summary>Makes a name from other text: what is not allowed becomes '-', once in a row.</summary>
    public static string From(string text)
    {
        StringBuilder name = new();
        foreach (char c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || (IsAllowed(c) && name.Length > 0 && c != '-'))
                name.Append(c);
            else if (name.Length > 0 && name[^1] != '-')
                name.Append('-');
        }
        if (name.Length > MaxLength)
            name.Length = MaxLength;
        string made = name.ToString().TrimEnd('-', '.', '_');
        return made.Length == 0 ? "fs" : made;
    }

    /// <summary>The name itself, or with the first number from 2 that is not taken.</summary>
    public static string MakeUnique(string name, Func<string, bool> taken)
    {
        if (!taken(name))
            return name;
        for (int number = 2; ; number++)
        {
            string ending = $"-{number}";
            string candidate = name[..Math.Min(name.Length, MaxLength - ending.Length)] + ending;
            if (!taken(candidate))
                return candidate;
        }
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
