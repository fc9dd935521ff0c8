using FsxFuse.Posix.Cases.Running;
using FsxFuse.Posix.Cases.Table;

namespace FsxFuse.Posix.Tests;

/// <summary>Every case of the table as a test on one target; derive a class from this to add a target.</summary>
public abstract class PosixTableTests<TTarget>(TableRun<TTarget> run) : IClassFixture<TableRun<TTarget>>
    where TTarget : IPosixTarget, new()
{
    private const string None = "unavailable: ";

    /// <summary>The labels of all runs: with root's rights if the tests have them, and with a user's.</summary>
    public static TheoryData<string> Labels()
    {
        if (new TTarget().Unavailable is { } reason)
            return [None + reason];
        var labels = new TheoryData<string>();
        foreach (bool root in new[] { true, false })
        {
            if (root && !Environment.IsPrivilegedProcess)
                continue;
            foreach (var one in PosixTable.All().Where(c => c.Includes(root)))
                labels.Add(CaseResult.Label(one, root));
        }
        return labels;
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void Holds(string label)
    {
        if (!label.StartsWith(None, StringComparison.Ordinal))
            run.AssertPassed(label);
    }
}
