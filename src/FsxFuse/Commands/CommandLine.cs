using System.CommandLine;
using System.CommandLine.Invocation;
using FsxFuse.Hsm;

namespace FsxFuse.Commands;

/// <summary>The command line of <c>fsxfuse</c>: all commands, and how their failures become exit codes.</summary>
internal static class CommandLine
{
    /// <summary>The program's name in messages.</summary>
    public const string Program = "fsxfuse";

    /// <summary>Runs one command line.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments) => RunAsync(Build(), Program, arguments);

    /// <summary>Runs one command line of the program under one of its names.</summary>
    public static async Task<int> RunAsync(Command root, string program, IReadOnlyList<string> arguments)
    {
        ParseResult result = root.Parse(arguments);
        if (result.Errors.Count > 0 && result.Action is ParseErrorAction)
        {
            Console.Error.WriteLine($"{program}: {result.Errors[0].Message.TrimEnd('.')}");
            Console.Error.WriteLine($"'{string.Join(' ', Path(result))} --help' explains it");
            return ExitCode.Usage;
        }
        try
        {
            // Signals are handled by the commands that must: the library's own handling throws when one arrives during the start.
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Report(e, program);
        }
    }

    /// <summary>Prints the one line of a failure and returns its exit code.</summary>
    public static int Report(Exception e, string program = Program)
    {
        (int exitCode, string message) = Failures.Describe(e);
        Console.Error.WriteLine($"{program}: {message}");
        if (Failures.IsUnexpected(e))
            Console.Error.WriteLine(e.StackTrace);
        return exitCode;
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Build()
    {
        RootCommand root = new("A POSIX file system whose files are plain S3 objects: they load lazily from linked buckets into a local cache, and export back.")
        {
            CreateCommand.Build(),
            MountCommand.Build(),
            UmountCommand.Build(),
            ListCommand.Build(),
            StatusCommand.Build(),
            TaskCommand.Build(),
            LinkCommand.Build(),
            HsmCommands.Build(),
        };
        foreach (Command transfer in TransferCommand.BuildAll())
            root.Add(transfer);
        root.Options.Add(CommandContext.JsonOption);
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private static Stack<string> Path(ParseResult result)
    {
        Stack<string> names = new();
        for (System.CommandLine.Parsing.SymbolResult? symbol = result.CommandResult; symbol is System.CommandLine.Parsing.CommandResult command; symbol = symbol.Parent)
            names.Push(command.Command is RootCommand ? Program : command.Command.Name);
        return names;
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"fsxfuse {CommandContext.Version}");
            return ExitCode.Done;
        }
    }
}
