using System.CommandLine;
using System.Globalization;
using FsxFuse.Commands;
using FsxFuse.Mounting;
using FsxFuse.Native;

namespace FsxFuse.Lfs;

/// <summary><c>lfs df</c>, in Lustre's columns. The cache stands where Lustre has its object storage targets.</summary>
internal static class LfsSpace
{
    public static Command Build()
    {
        Argument<string?> path = new("DIR") { Description = "A path on a mount; without it, all mounts of FsxFuse.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> human = new("-h", "--human-readable") { Description = "Sizes for people." };
        Option<bool> inodes = new("-i", "--inodes") { Description = "Inodes instead of space." };
        Command command = new("df", "Show the space of the cache, which is what a file system can hold before something is released.") { path, human, inodes };
        CommandContext.Bind(command, (context, result, _) => Task.FromResult(Run(context, result.GetValue(path), result.GetValue(human), result.GetValue(inodes))));
        return command;
    }

    private static int Run(CommandContext context, string? path, bool human, bool inodes)
    {
        MountTable table = MountTable.Read();
        List<MountEntry> mounts = [.. table.Entries.Where(mount => mount.IsOurs)];
        if (path is not null)
        {
            string real = Libc.RealPath(path, out int errno) ?? throw new CommandFailedException($"{path}: {Libc.Describe(errno)}");
            mounts = table.Containing(real) is { IsOurs: true } one ? [one] : throw new CommandFailedException($"{path} is not on a file system of FsxFuse");
        }
        List<LfsSpaceResult> results = [.. mounts.Select(Measure)];
        context.Output.Result(results, CommandJson.Default.IReadOnlyListLfsSpaceResult, _ =>
        {
            foreach (LfsSpaceResult result in results)
                Print(context, result, human, inodes);
        });
        return ExitCode.Done;
    }

    private static LfsSpaceResult Measure(MountEntry mount)
    {
        (long unit, long total, long free, long files, long filesFree) = Libc.Space(mount.Mountpoint, out int errno)
            ?? throw new CommandFailedException($"{mount.Mountpoint}: {Libc.Describe(errno)}");
        return new LfsSpaceResult(mount.Source, mount.Mountpoint, total * unit, (total - free) * unit, free * unit, files, files - filesFree, filesFree);
    }

    private static void Print(CommandContext context, LfsSpaceResult space, bool human, bool inodes)
    {
        (long total, long used, long free) = inodes ? (space.Inodes, space.InodesUsed, space.InodesFree) : (space.TotalBytes, space.UsedBytes, space.FreeBytes);
        string Amount(long value) => human ? Short(value) : (inodes ? value : value / 1024).ToString(CultureInfo.InvariantCulture);
        string percent = string.Create(CultureInfo.InvariantCulture, $"{(total == 0 ? 0 : (int)Math.Ceiling(100.0 * used / total))}%");
        string Row(string name, string mount) => $"{name,-20} {Amount(total),11} {Amount(used),11} {Amount(free),11} {percent,4} {mount}";

        context.Output.Line($"{"UUID",-20} {(inodes ? "Inodes" : human ? "bytes" : "1K-blocks"),11} {(inodes ? "IUsed" : "Used"),11} {(inodes ? "IFree" : "Available"),11} {(inodes ? "IUse%" : "Use%"),4} Mounted on");
        context.Output.Line(Row("cache-OST0000_UUID", $"{space.Mountpoint}[OST:0]"));
        context.Output.Line("");
        context.Output.Line(Row("filesystem_summary:", space.Mountpoint));
        context.Output.Line("");
    }

    private static string Short(long value)
    {
        double number = value;
        int unit = 0;
        for (; number >= 1024 && unit < 6; unit++)
            number /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{number:0.0}{" KMGTPE"[unit]}").TrimEnd();
    }
}
