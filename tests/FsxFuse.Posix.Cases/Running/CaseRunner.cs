using System.Diagnostics;

namespace FsxFuse.Posix.Cases.Running;

/// <summary>
/// Runs cases one after the other, each on a thread of its own with its own current directory and umask (CLONE_FS) and, in
/// the pass as a user, that user's credentials. A case that hangs is left behind and reported.
/// </summary>
internal sealed class CaseRunner(string target, TimeSpan timeout, bool keep)
{
    private const int CloneFs = 0x200;
    private const int SignalFileSize = 25;
    private const nint Ignore = 1;

    /// <summary>Runs one pass, yielding results as they come.</summary>
    internal IEnumerable<CaseResult> Run(IReadOnlyList<PosixCase> cases, bool asRoot)
    {
        bool becomes = !asRoot && Libc.geteuid() == 0;
        uint uid = asRoot ? 0 : becomes ? PosixContext.Alice : Libc.geteuid();
        Libc.signal(SignalFileSize, Ignore);
        bool isFuse = Statfs(target).Magic == VolumeStat.FuseMagic;
        string work = $"{target}/posix-{(asRoot ? "root" : "user")}-{Environment.ProcessId}";
        Mkdir(work, 755).Ok();
        Peer peer = new(becomes ? uid : Libc.geteuid(), uid);
        try
        {
            int number = 0;
            foreach (var one in cases)
            {
                string directory = $"{work}/{++number}";
                Mkdir(directory, 755).Ok();
                Chmod(directory, 755).Ok();
                if (becomes)
                    Chown(directory, uid, uid).Ok();
                if (peer.HasEnded)
                {
                    peer.Dispose();
                    peer = new(becomes ? uid : Libc.geteuid(), uid);
                }
                var context = new PosixContext(directory, asRoot, isFuse, one, peer);
                var result = RunOne(one, context, asRoot, becomes);
                if (result.Verdict == CaseVerdict.Hung)
                    peer.Kill();
                else if (!keep)
                    DirectoryTree.Remove(work, number.ToString());
                yield return result;
            }
        }
        finally
        {
            peer.Dispose();
            if (!keep)
                Rmdir(work);
        }
    }

    private CaseResult RunOne(PosixCase one, PosixContext context, bool asRoot, bool becomes)
    {
        CaseResult? result = null;
        var clock = Stopwatch.StartNew();
        CaseResult Verdict(CaseVerdict verdict, string? message) => new(one, asRoot, verdict, message, clock.Elapsed);
        var thread = new Thread(() =>
        {
            try
            {
                Outcome.Of("unshare(CLONE_FS)", Libc.unshare(CloneFs)).Ok();
                Chdir(context.Directory).Ok();
                Umask(0);
                if (becomes)
                    Identity.Become(PosixContext.Alice, PosixContext.Alice, [PosixContext.Alice]);
                one.Run(context);
                result = Verdict(CaseVerdict.Passed, null);
            }
            catch (CaseSkippedException skipped)
            {
                result = Verdict(CaseVerdict.Skipped, skipped.Message);
            }
            catch (CaseFailedException failed)
            {
                result = Verdict(CaseVerdict.Failed, failed.Message);
            }
            catch (Exception broken)
            {
                result = Verdict(CaseVerdict.Failed, $"{broken.GetType().Name}: {broken.Message} {broken.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Table", StringComparison.Ordinal))?.Trim()}");
            }
            finally
            {
                context.CloseAll();
            }
        })
        {
            IsBackground = true,
            Name = one.FullName,
        };
        thread.Start();
        return thread.Join(timeout) && result is not null
            ? result
            : Verdict(CaseVerdict.Hung, $"did not come back within {timeout.TotalSeconds:0} s");
    }
}
