using System.CommandLine;
using FsxFuse.Commands;

namespace FsxFuse.Lfs;

/// <summary><c>lfs quota</c>: there are none, and it says so.</summary>
internal static class LfsQuota
{
    public static Command Build()
    {
        Argument<string?> directory = new("DIR") { Description = "A directory on a mount.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> user = new("-u") { Description = "A user.", HelpName = "USER" };
        Option<string?> group = new("-g") { Description = "A group.", HelpName = "GROUP" };
        Option<string?> project = new("-p") { Description = "A project.", HelpName = "PROJECT" };
        Option<bool> human = new("-h") { Description = "Sizes for people." };
        Option<bool> verbose = new("-v") { Description = "More." };
        Option<bool> quiet = new("-q") { Description = "Less." };
        Command command = new("quota", "Quotas are not kept: nothing is counted or limited by user, group or project.") { directory, user, group, project, human, verbose, quiet };
        CommandContext.Bind(command, (context, result, _) =>
        {
            string whose = result.GetValue(user) is { } name ? $" of user {name}"
                : result.GetValue(group) is { } members ? $" of group {members}"
                : result.GetValue(project) is { } number ? $" of project {number}"
                : "";
            string where = result.GetValue(directory) ?? ".";
            context.Output.Line($"Disk quotas{whose} on {where}: none are kept. Space and files are not counted or limited by user, group or project; 'lfs df {where}' shows the space there is.");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
