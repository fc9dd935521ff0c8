using System.Text;
using FsxFuse.Hsm;
using FsxFuse.Native;

namespace FsxFuse.Lfs;

/// <summary><c>lfs find</c>: every path given and all below it that fulfils every condition.</summary>
internal sealed class LfsFind(TimeProvider time)
{
    /// <summary>For help.</summary>
    public const string Description =
        "Find files: DIR… [!] -name PATTERN, -type bcdflps, -size [+-]N[KMGTPE], -atime|-mtime|-ctime [+-]N[smhdwy], -user NAME, -group NAME, -hsm STATE, -maxdepth N, -print, -print0. "
        + "STATE is a word of hsm_state (released, exists, dirty, archived, never_release, never_archive, lost_from_hsm) or several with commas, all of which must hold; ! before a condition turns it round.";

    private bool _failed;

    /// <summary>Runs one command line (without "find"); 0, or 1 when something could not be read.</summary>
    /// <exception cref="UsageException">It is no command line of lfs find.</exception>
    public int Run(IReadOnlyList<string> arguments)
    {
        FindArguments find = FindArguments.Parse(arguments, time.GetUtcNow().ToUnixTimeSeconds());
        using Stream output = Console.OpenStandardOutput();
        using BufferedStream buffered = new(output);
        foreach (string start in find.Paths)
            Visit(start, 0, find, buffered);
        return _failed ? ExitCode.Failed : ExitCode.Done;
    }

    private void Visit(string path, int depth, FindArguments find, Stream output)
    {
        if (Libc.Stat(path, out int errno) is not { } attributes)
        {
            Fail(path, Libc.Describe(errno));
            return;
        }
        if (find.Matches(path, attributes, () => HsmFile.State(path, out _) is { } text ? HsmText.State(path, text).States! : []))
        {
            output.Write(Encoding.UTF8.GetBytes(path));
            output.WriteByte(find.Print0 ? (byte)0 : (byte)'\n');
        }
        const int S_IFMT = 0xF000, S_IFDIR = 0x4000;
        if ((attributes.Mode & S_IFMT) != S_IFDIR || depth >= find.MaxDepth)
            return;
        string[] entries;
        try
        {
            entries = Directory.GetFileSystemEntries(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(path, e.Message);
            return;
        }
        Array.Sort(entries, StringComparer.Ordinal);
        foreach (string entry in entries)
            Visit(entry, depth + 1, find, output);
    }

    private void Fail(string path, string why)
    {
        Console.Error.WriteLine($"{LfsCall.Name} find: {path}: {why}");
        _failed = true;
    }
}
