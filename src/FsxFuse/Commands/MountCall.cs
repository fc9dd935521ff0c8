using FsxFuse.Daemon;
using FsxFuse.Options;
using FsxFuse.State;
using FsxFuse.Terminal;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Commands;

/// <summary>
/// <c>/sbin/mount.fsxfuse SPEC DIR [-sfnv] [-N namespace] [-o options] [-t type]</c>, as mount(8) calls it (section "External helpers").
/// </summary>
internal sealed record MountCall(string Source, string Directory, IReadOnlyList<string> Options, bool Sloppy, bool Fake)
{
    private const string Name = "mount.fsxfuse";

    /// <summary>
    /// The names under which the executable is the helper. mount(8) asks for the second one by the type the kernel shows, when a mount is
    /// remounted by its directory alone.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [Name, "mount.fuse.fsxfuse"];

    /// <summary>Mounts; the exit code is mount(8)'s.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        MountCall call;
        MountRequest request;
        try
        {
            call = Parse(arguments);
            request = new(SourceAddress.Parse(call.Source), call.Source, Path.GetFullPath(call.Directory), OptionSet.Parse(call.Options, call.Sloppy), LogLevel.Information);
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"{Name}: {e.Message}");
            return ExitCode.HelperUsage;
        }
        if (call.Fake)
            return ExitCode.Done;
        try
        {
            CommandContext context = new(new Output(Console.Out, Console.Error, json: false), TimeProvider.System, StateLocations.FromEnvironment());
            return await new MountRunner(context).RunAsync(request, foreground: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Console.Error.WriteLine($"{Name}: {Failures.Describe(e).Message}");
            return ExitCode.HelperFailed;
        }
    }

    /// <summary>Reads the arguments that mount(8) gives.</summary>
    /// <exception cref="UsageException">They are not those.</exception>
    internal static MountCall Parse(IReadOnlyList<string> arguments)
    {
        List<string> operands = [], options = [];
        bool sloppy = false, fake = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument.Length < 2 || argument[0] != '-')
            {
                operands.Add(argument);
                continue;
            }
            // Short options may stand together, and an option's value may follow it at once: -sfo ro.
            for (int at = 1; at < argument.Length; at++)
            {
                switch (argument[at])
                {
                    case 's':
                        sloppy = true;
                        continue;
                    case 'f':
                        fake = true;
                        continue;
                    case 'n' or 'v':
                        continue;
                    case 'o' or 't' or 'N':
                        string value = at + 1 < argument.Length ? argument[(at + 1)..]
                            : i + 1 < arguments.Count ? arguments[++i]
                            : throw new UsageException($"the option -{argument[at]} needs a value");
                        if (argument[at] == 'o')
                            options.Add(value);
                        break;
                    default:
                        throw new UsageException($"the option -{argument[at]} is unknown; usage: {Name} SOURCE DIR [-sfnv] [-o OPTIONS]");
                }
                break;
            }
        }
        return operands.Count == 2
            ? new MountCall(operands[0], operands[1], options, sloppy, fake)
            : throw new UsageException($"usage: {Name} SOURCE DIR [-sfnv] [-o OPTIONS]");
    }
}
