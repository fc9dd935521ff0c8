using FsxFuse.Commands;
using FsxFuse.Metadata;
using FsxFuse.Native;
using FsxFuse.Terminal;

namespace FsxFuse.Hsm;

/// <summary>Runs one HSM verb over files and prints as lfs does.</summary>
/// <param name="output">Where to print.</param>
/// <param name="time">The clock.</param>
internal sealed class HsmRunner(Output output, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Prints the states of files.</summary>
    public int State(IReadOnlyList<string> paths) => Each(paths, path =>
    {
        if (HsmFile.State(path, out int errno) is not { } text)
            return Fail(path, $"cannot get the HSM state of {path}: {Explain(path, errno)}");
        output.Line($"{path}: {text}");
        return HsmText.State(path, text);
    });

    /// <summary>Prints what is in progress.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="notes">Also what a person should know about it, on a line of its own.</param>
    public int Action(IReadOnlyList<string> paths, bool notes) => Each(paths, path =>
    {
        if (HsmFile.Action(path, out int errno) is not { } text)
            return Fail(path, $"cannot get the HSM action of {path}: {Explain(path, errno)}");
        string? note = HsmFile.Note(path);
        output.Line($"{path}: {text}");
        if (notes && note is not null)
            output.Line($"  {note}");
        return HsmText.Action(path, text, note);
    });

    /// <summary>Makes a request for each file; says nothing where it was taken.</summary>
    public int Request(IReadOnlyList<string> paths, HsmAction action, HsmFlags flags = HsmFlags.None) => Each(paths, path => Send(path, action, flags));

    /// <summary>The same, and waits until every one has ended.</summary>
    public async Task<int> RequestAndWaitAsync(IReadOnlyList<string> paths, HsmAction action, CancellationToken cancel)
    {
        Dictionary<string, HsmResult> results = [];
        foreach (string path in paths)
            results[path] = Send(path, action, HsmFlags.None);
        foreach ((string path, _) in results.Where(result => result.Value.Error is null).ToList())
            results[path] = await FollowAsync(path, action, cancel).ConfigureAwait(false);
        return Each(paths, path => results[path]);
    }

    private HsmResult Send(string path, HsmAction action, HsmFlags flags)
    {
        int errno = HsmFile.Request(path, action, flags);
        string verb = action.ToString().ToLowerInvariant();
        if (errno != 0)
        {
            // The state says which rule forbids it.
            string state = errno == Libc.EPERM && HsmFile.State(path, out _) is { } text ? $" (its state is {text})" : "";
            return Fail(path, $"cannot {verb} {path}: {Explain(path, errno)}{state}");
        }
        string? note = action is HsmAction.Restore or HsmAction.Archive ? HsmFile.Note(path) : null;
        if (note is not null)
            output.Notice($"{path}: {note}");
        return new HsmResult { Path = path, Note = note };
    }

    private async Task<HsmResult> FollowAsync(string path, HsmAction action, CancellationToken cancel)
    {
        string? told = HsmFile.Note(path);
        while (HsmFile.Action(path, out _) is { } text && text.StartsWith(action.ToString(), StringComparison.OrdinalIgnoreCase))
        {
            if (HsmFile.Note(path) is { } note && note != told)
                output.Notice($"{path}: {told = note}");
            await Task.Delay(PollInterval, time, cancel).ConfigureAwait(false);
        }
        if (HsmFile.State(path, out int errno) is not { } state)
            return Fail(path, $"cannot get the HSM state of {path}: {Explain(path, errno)}");
        HsmResult result = HsmText.State(path, state);
        bool done = action == HsmAction.Restore
            ? (result.Flags & (int)HsmFlags.Released) == 0
            : (result.Flags & (int)(HsmFlags.Archived | HsmFlags.Dirty)) == (int)HsmFlags.Archived;
        return done ? result : Fail(path, $"{path}: {HsmFile.Note(path) ?? $"it was not done; its state is {state}"}");
    }

    private int Each(IReadOnlyList<string> paths, Func<string, HsmResult> run)
    {
        List<HsmResult> results = [.. paths.Select(run)];
        if (output.Json)
            output.Result(results, CommandJson.Default.IReadOnlyListHsmResult, _ => { });
        int failed = results.Count(result => result.Error is not null);
        return failed == 0 ? ExitCode.Done : failed == results.Count ? ExitCode.Failed : ExitCode.Partly;
    }

    private HsmResult Fail(string path, string why)
    {
        output.Notice(why);
        return new HsmResult { Path = path, Error = why };
    }

    private static string Explain(string path, int errno) => errno switch
    {
        _ when HsmFile.IsForeign(errno) => $"{path} is not on a file system of FsxFuse",
        Libc.ENXIO => "it is in no linked directory",
        Libc.EINVAL => "it is not a regular file",
        Libc.EBUSY => "it is open for writing, or something else is in progress for it",
        _ => Libc.Describe(errno),
    };
}
