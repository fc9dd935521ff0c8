using FsxFuse.Posix.Cases.Table;

namespace FsxFuse.Posix.Tests;

/// <summary>What the runner's output and the theories rely on.</summary>
public sealed class PosixTableShapeTests
{
    [Fact]
    public void NamesAreUniqueWordsWithoutBlanks()
    {
        var names = PosixTable.All().Select(c => c.FullName).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, n => Assert.Matches("^[a-z0-9_]+/[A-Za-z0-9_.+-]+$", n));
    }
}
