using System.Globalization;

namespace FsxFuse.Model;

/// <summary>The command line.</summary>
internal sealed record ModelOptions
{
    internal const string Usage = """
        usage: FsxFuse.Model run|integrity [--operations N] [--seed S] [--lanes N] [--script FILE] [--shrink SECONDS] [--executable PATH]
               FsxFuse.Model run|integrity --replay FILE [--shrink SECONDS]
          run        random operations on a mount and on ext4 side by side (20000 by default)
          integrity  random changes of the bytes of two files on a mount, against a model in memory
          --lanes    processes that work at the same time, each in its own subtree (3)
          --script   where the shrunk script of a failure goes
        """;

    internal required string Command { get; init; }

    internal int Operations { get; init; } = 20_000;

    internal int Seed { get; init; } = 1;

    internal int Lanes { get; init; } = 3;

    internal string? Replay { get; init; }

    internal string? ScriptFile { get; init; }

    /// <summary>How long a failing script is shortened; null for the default, and not at all for one that is replayed.</summary>
    internal TimeSpan? ShrinkFor { get; init; }

    internal required string Executable { get; init; }

    /// <summary>Null for wrong usage.</summary>
    internal static ModelOptions? Parse(string[] arguments)
    {
        if (arguments is not ["run" or "integrity", ..] || arguments.Length % 2 == 0)
            return null;
        ModelOptions options = new() { Command = arguments[0], Executable = BuiltExecutable() };
        for (int i = 1; i < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            ModelOptions? next = (arguments[i], isNumber) switch
            {
                ("--operations", true) => options with { Operations = number },
                ("--seed", true) => options with { Seed = number },
                ("--lanes", true) => options with { Lanes = number },
                ("--shrink", true) => options with { ShrinkFor = TimeSpan.FromSeconds(number) },
                ("--replay", _) => options with { Replay = value },
                ("--script", _) => options with { ScriptFile = value },
                ("--executable", _) => options with { Executable = value },
                _ => null,
            };
            if (next is null)
                return null;
            options = next;
        }

        return options;
    }

    /// <summary>The executable that scripts/build left, wherever above this program.</summary>
    internal static string BuiltExecutable()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            string candidate = Path.Combine(at, "artifacts", "fsxfuse", "fsxfuse");
            if (File.Exists(candidate))
                return candidate;
        }

        return "artifacts/fsxfuse/fsxfuse";
    }
}
