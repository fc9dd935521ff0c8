using System.Globalization;
using FsxFuse.Metadata;
using FsxFuse.Native;
using FileAttributes = FsxFuse.Native.FileAttributes;

namespace FsxFuse.Lfs;

/// <summary>The command line of <c>lfs find</c> (lfs-find(1)): paths, then conditions, each with one or two dashes.</summary>
internal sealed class FindArguments
{
    private const string SizeUnits = "KMGTPE";

    private delegate bool Condition(string path, in FileAttributes attributes, Func<IReadOnlyList<string>> states);

    private readonly List<Condition> _conditions = [];

    /// <summary>Where to begin.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Levels below each path; 0 is the path alone.</summary>
    public int MaxDepth { get; private set; } = int.MaxValue;

    /// <summary>End each path with NUL instead of a newline.</summary>
    public bool Print0 { get; private set; }

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">All after "find".</param>
    /// <param name="now">Seconds since 1970, from which ages are counted.</param>
    /// <exception cref="UsageException">It is wrong.</exception>
    public static FindArguments Parse(IReadOnlyList<string> arguments, long now)
    {
        FindArguments find = new();
        bool negated = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "!")
            {
                negated = !negated;
                continue;
            }
            if (argument.Length < 2 || argument[0] != '-')
            {
                find.Paths.Add(argument);
                continue;
            }
            string Value() => ++i < arguments.Count ? arguments[i] : throw new UsageException($"{argument} needs a value");
            Condition? condition = find.Read(argument.TrimStart('-'), argument, Value, now);
            if (condition is null)
            {
                if (negated)
                    throw new UsageException($"'!' before {argument}, which is no condition");
                continue;
            }
            find._conditions.Add(negated ? Not(condition) : condition);
            negated = false;
        }
        if (negated)
            throw new UsageException("'!' without a condition after it");
        if (find.Paths.Count == 0)
            find.Paths.Add(".");
        return find;
    }

    /// <summary>Whether a file fulfils every condition. <paramref name="states"/> is asked only when one is about them.</summary>
    public bool Matches(string path, in FileAttributes attributes, Func<IReadOnlyList<string>> states)
    {
        foreach (Condition condition in _conditions)
        {
            if (!condition(path, attributes, states))
                return false;
        }
        return true;
    }

    // Null for what is no condition.
    private Condition? Read(string name, string argument, Func<string> value, long now)
    {
        switch (name)
        {
            case "name" or "n":
                string pattern = value();
                return (string path, in FileAttributes _, Func<IReadOnlyList<string>> _) => Libc.Matches(pattern, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
            case "type" or "t":
                int type = TypeOf(value());
                return (string _, in FileAttributes file, Func<IReadOnlyList<string>> _) => (file.Mode & 0xF000) == type;
            case "size" or "s":
                (int sign, long size, long unit) = Amount(argument, value(), SizeOf);
                return (string _, in FileAttributes file, Func<IReadOnlyList<string>> _) => Compare(file.Size, sign, size, unit);
            case "atime" or "A":
                return Age(argument, value(), now, static file => file.Atime);
            case "mtime" or "M":
                return Age(argument, value(), now, static file => file.Mtime);
            case "ctime" or "C":
                return Age(argument, value(), now, static file => file.Ctime);
            case "user" or "u" or "uid":
                uint uid = Number(argument, value(), Libc.UserId, "user");
                return (string _, in FileAttributes file, Func<IReadOnlyList<string>> _) => file.Uid == uid;
            case "group" or "g" or "gid":
                uint gid = Number(argument, value(), Libc.GroupId, "group");
                return (string _, in FileAttributes file, Func<IReadOnlyList<string>> _) => file.Gid == gid;
            case "hsm":
                string[] wanted = value().Split(',');
                if (wanted.FirstOrDefault(word => !HsmState.AllWords.Contains(word)) is { } unknown)
                    throw new UsageException($"'{unknown}' is no HSM state; there are {string.Join(", ", HsmState.AllWords)}");
                return (string _, in FileAttributes file, Func<IReadOnlyList<string>> states) => (file.Mode & 0xF000) == 0x8000 && wanted.All(states().Contains);
            case "maxdepth" or "D":
                string depth = value();
                MaxDepth = int.TryParse(depth, NumberStyles.None, CultureInfo.InvariantCulture, out int levels) ? levels : throw new UsageException($"{argument} takes a number of levels, not '{depth}'");
                return null;
            case "print0" or "0":
                Print0 = true;
                return null;
            case "print" or "p" or "P":
                return null;
            default:
                throw new UsageException($"the option {argument} is not known here; 'lfs find --help' lists what is");
        }
    }

    private static Condition Not(Condition condition) =>
        (string path, in FileAttributes attributes, Func<IReadOnlyList<string>> states) => !condition(path, attributes, states);

    private static Condition Age(string argument, string value, long now, Func<FileAttributes, long> timeOf)
    {
        (int sign, long age, long unit) = Amount(argument, value, AgeOf);
        return (string _, in FileAttributes file, Func<IReadOnlyList<string>> _) => Compare(now - timeOf(file), sign, age, unit);
    }

    // +N: more than N whole units; -N: less than N; N: between N − 1 and N units, N included, as lfs rounds.
    private static bool Compare(long actual, int sign, long wanted, long unit) =>
        sign > 0 ? actual > wanted : sign < 0 ? actual < wanted : actual <= wanted && actual > wanted - unit;

    private static (int Sign, long Amount, long Unit) Amount(string argument, string text, Func<char?, long> unitOf)
    {
        int sign = text.StartsWith('+') ? 1 : text.StartsWith('-') ? -1 : 0;
        ReadOnlySpan<char> rest = text.AsSpan(sign == 0 ? 0 : 1);
        char? suffix = rest.Length > 0 && !char.IsAsciiDigit(rest[^1]) ? rest[^1] : null;
        long unit = unitOf(suffix);
        if (unit == 0 || !long.TryParse(suffix is null ? rest : rest[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > long.MaxValue / unit)
            throw new UsageException($"{argument} does not take '{text}': a number with + (more) or - (less) before it and a unit after it");
        return (sign, number * unit, unit);
    }

    private static long SizeOf(char? suffix) => suffix switch
    {
        null or 'c' => 1,
        'b' => 512,
        { } letter => SizeUnits.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal) is >= 0 and var power ? 1L << (10 * (power + 1)) : 0,
    };

    private static long AgeOf(char? suffix) => suffix switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        null or 'd' => 86_400,
        'w' => 7 * 86_400,
        'y' => 365 * 86_400,
        _ => 0,
    };

    private static int TypeOf(string letter) => letter switch
    {
        "f" => 0x8000,
        "d" => 0x4000,
        "l" => 0xA000,
        "b" => 0x6000,
        "c" => 0x2000,
        "p" => 0x1000,
        "s" => 0xC000,
        _ => throw new UsageException($"'{letter}' is no type of file; there are b, c, d, f, l, p and s"),
    };

    private static uint Number(string argument, string name, Func<string, uint?> find, string what) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number
        : find(name) ?? throw new UsageException($"{argument}: there is no {what} '{name}'");
}
