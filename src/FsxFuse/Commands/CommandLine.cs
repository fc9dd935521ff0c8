using System.CommandLine;
using System.CommandLine.Invocation;

namespace FsxFuse.Commands;

/// <summary>The command line of <c>fsxfuse</c>: all commands, and how their failures become exit codes.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        ParseResult result = Build().Parse(arguments);
        if (result.Errors.Count > 0 && result.Action is ParseErrorAction)
        {
            Console.Error.WriteLine($"fsxfuse: {result.Errors[0].Message.TrimEnd('.')}");
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
            return Report(e);
        }
    }

    /// <summary>Prints the one line of a failure and returns its exit code.</summary>
    public static int Report(Exception e)
    {
        (int exitCode, string message) = Failures.Describe(e);
        Console.Error.WriteLine($"fsxfuse: {message}");
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
            names.Push(command.Command is RootCommand ? "fsxfuse" : command.Command.Name);
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
