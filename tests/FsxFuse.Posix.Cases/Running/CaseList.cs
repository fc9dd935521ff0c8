namespace FsxFuse.Posix.Cases.Running;

/// <summary>Collects the cases of one area in the order in which they are written.</summary>
internal sealed class CaseList(string area, List<PosixCase> into)
{
    internal void Both(string name, Action<PosixContext> run, string? differs = null) => into.Add(new(name, area, RunsAs.Both, run, differs));

    internal void Root(string name, Action<PosixContext> run, string? differs = null) => into.Add(new(name, area, RunsAs.Root, run, differs));

    internal void User(string name, Action<PosixContext> run, string? differs = null) => into.Add(new(name, area, RunsAs.User, run, differs));
}
