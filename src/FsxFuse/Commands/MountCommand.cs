using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using FsxFuse.Daemon;
using FsxFuse.Logging;
using FsxFuse.Options;
using FsxFuse.State;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse mount SOURCE DIR</c>.</summary>
internal static class MountCommand
{
    public static Command Build()
    {
        Argument<string> source = new("SOURCE") { Description = "The NAME of a file system, s3://bucket/prefix, or file:///dir (a directory as repository). An URL creates its file system on first use." };
        Argument<string> directory = new("DIR") { Description = "An empty directory." };
        Option<string[]> options = OptionsOption("Mount options, comma-separated; listed below.");
        Option<bool> foreground = new("--foreground", "-f") { Description = "Stay in the foreground and log to standard error." };
        Option<string> level = new("--log-level") { Description = "trace, debug, information, warning, error or critical.", HelpName = "LEVEL", DefaultValueFactory = _ => "information" };
        Option<bool> noAutoExport = new("--no-auto-export") { Description = "Export only when asked to; the same as -o auto_export=off." };
        Command command = new("mount", "Mount a file system; returns when it can be used.") { source, directory, options, foreground, level, noAutoExport };
        command.Options.Add(new HelpOption { Action = new MountHelpAction() });
        CommandContext.Bind(command, (context, result, cancel) =>
        {
            if (!LogLevelSwitch.TryParse(result.GetValue(level)!, out LogLevel logLevel))
                throw new UsageException($"'{result.GetValue(level)}' is no log level; use trace, debug, information, warning, error or critical");
            IEnumerable<string> texts = result.GetValue(options) ?? [];
            if (result.GetValue(noAutoExport))
                texts = texts.Append("auto_export=off");
            string text = result.GetValue(source)!;
            MountRequest request = new(SourceAddress.Parse(text), text, Path.GetFullPath(result.GetValue(directory)!), OptionSet.Parse(texts), logLevel);
            return new MountRunner(context).RunAsync(request, result.GetValue(foreground), cancel);
        });
        return command;
    }

    /// <summary>The option <c>-o</c>.</summary>
    public static Option<string[]> OptionsOption(string description) => new("-o", "--options")
    {
        Description = description,
        HelpName = "OPTION[,OPTION…]",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    // The usual help, followed by the table of mount options.
    private sealed class MountHelpAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = new HelpAction().Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Mount options (-o):");
            foreach (MountOption row in MountOptionTable.Rows.Where(row => row.Help.Length > 0))
            {
                string kept = row.Scope switch { OptionScope.Changeable => " Remembered.", OptionScope.Fixed => " Decided at creation.", _ => "" };
                output.WriteLine($"  {row.Usage,-36} {row.Help}{kept}");
            }
            output.WriteLine();
            output.WriteLine("Remembered options hold for later mounts too, until they are given anew. What mount(8) and systemd add");
            output.WriteLine("(_netdev, nofail, noauto, user, x-…) is accepted.");
            return code;
        }
    }
}
