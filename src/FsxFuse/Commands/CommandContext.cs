using System.CommandLine;
using System.Reflection;
using FsxFuse.Control;
using FsxFuse.State;
using FsxFuse.Terminal;

namespace FsxFuse.Commands;

/// <summary>What every command needs.</summary>
internal sealed class CommandContext
{
    /// <summary>The option that all commands share.</summary>
    public static Option<bool> JsonOption { get; } = new("--json") { Description = "Print the result as JSON.", Recursive = true };

    /// <summary>Makes a context for one invocation.</summary>
    public CommandContext(Output output, TimeProvider time, StateLocations locations)
    {
        Output = output;
        Time = time;
        Catalog = new FileSystemCatalog(locations, time);
    }

    /// <summary>Where results go.</summary>
    public Output Output { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>This host's file systems.</summary>
    public FileSystemCatalog Catalog { get; }

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(CommandContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Gives a command its action.</summary>
    public static void Bind(Command command, Func<CommandContext, ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction((result, cancel) =>
        {
            var output = new Output(Console.Out, Console.Error, result.GetValue(JsonOption), result.RootCommandResult.Command is RootCommand ? CommandLine.Program : result.RootCommandResult.Command.Name);
            return action(new CommandContext(output, TimeProvider.System, StateLocations.FromEnvironment()), result, cancel);
        });

    /// <summary>A client of the daemon that serves a file system.</summary>
    /// <exception cref="CommandFailedException">It is not mounted.</exception>
    public ControlClient Connect(string name)
    {
        if (!Catalog.TryGetDaemon(name, out bool alive, out _) || !alive)
            throw new CommandFailedException($"file system '{name}' is not mounted; mount it with 'fsxfuse mount {name} DIR'");
        return new ControlClient(Catalog.Locations.SocketOf(name));
    }
}
