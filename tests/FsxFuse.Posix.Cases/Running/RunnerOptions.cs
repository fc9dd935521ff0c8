using System.Globalization;

namespace FsxFuse.Posix.Cases.Running;

/// <summary>The runner's command line.</summary>
internal sealed record RunnerOptions(string Target, string? Filter, bool AsRoot, bool AsUser, TimeSpan Timeout, bool Keep, bool List, bool Quiet)
{
    internal const string Usage =
        """
        usage: FsxFuse.Posix.Cases DIR [--filter AREA[/NAME]] [--as root|user] [--timeout SECONDS] [--keep] [--quiet]
               FsxFuse.Posix.Cases --list [--filter AREA[/NAME]]

        Runs the POSIX cases in DIR, a directory of the file system in question, and prints one "ok" or "not ok" line for each.
        As root it runs every case with root's rights and then with an ordinary user's, unless --as chooses one.
        --filter takes any part of "area/name". --keep leaves the cases' directories, --quiet prints failures alone.
        Exit code: 0 all passed, 1 some failed, 2 wrong usage.
        """;

    /// <summary>Reads the arguments; null if they make no sense.</summary>
    internal static RunnerOptions? Parse(string[] arguments)
    {
        bool privileged = Libc.geteuid() == 0;
        var options = new RunnerOptions("", null, privileged, true, TimeSpan.FromSeconds(20), false, false, false);
        for (int i = 0; i < arguments.Length; i++)
        {
            string? next = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--filter" when next is not null:
                    options = options with { Filter = arguments[++i] };
                    break;
                case "--as" when next is "root" && privileged:
                    i++;
                    options = options with { AsUser = false };
                    break;
                case "--as" when next is "user":
                    i++;
                    options = options with { AsRoot = false };
                    break;
                case "--timeout" when int.TryParse(next, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds):
                    i++;
                    options = options with { Timeout = TimeSpan.FromSeconds(seconds) };
                    break;
                case "--keep":
                    options = options with { Keep = true };
                    break;
                case "--quiet":
                    options = options with { Quiet = true };
                    break;
                case "--list":
                    options = options with { List = true };
                    break;
                case var word when !word.StartsWith('-') && options.Target.Length == 0:
                    options = options with { Target = Path.GetFullPath(word) };
                    break;
                default:
                    return null;
            }
        }
        return options.List || options.Target.Length != 0 ? options : null;
    }
}
