namespace FsxFuse.Posix.Cases.Table;

/// <summary>The table of all cases.</summary>
internal static class PosixTable
{
    /// <summary>Every case, in a fixed order; names are unique.</summary>
    internal static IReadOnlyList<PosixCase> All()
    {
        var all = new List<PosixCase>();
        void Add(string area, Action<CaseList> cases) => cases(new CaseList(area, all));
        Add("chmod", ChmodCases.Add);
        return all;
    }
}
