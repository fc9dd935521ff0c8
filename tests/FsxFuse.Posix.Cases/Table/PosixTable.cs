namespace FsxFuse.Posix.Cases.Table;

/// <summary>The table of all cases.</summary>
internal static class PosixTable
{
    /// <summary>Every case, in a fixed order; names are unique.</summary>
    internal static IReadOnlyList<PosixCase> All()
    {
        var all = new List<PosixCase>();
        void Add(string area, Action<CaseList> cases) => cases(new CaseList(area, all));
        Add("path", PathErrorCases.Add);
        Add("chmod", ChmodCases.Add);
        Add("chown", ChownCases.Add);
        Add("create", CreateCases.Add);
        Add("link", LinkCases.Add);
        Add("open", OpenCases.Add);
        Add("truncate", TruncateCases.Add);
        Add("times", TimesCases.Add);
        Add("transfer", TransferCases.Add);
        Add("map", MapCases.Add);
        Add("fallocate", SpaceCases.AddFallocate);
        Add("seek", SpaceCases.AddSeek);
        Add("copy", CopyCases.Add);
        Add("statfs", SpaceCases.AddStatfs);
        Add("privilege", PrivilegeCases.Add);
        Add("acl", AclCases.Add);
        Add("directory", DirectoryCases.Add);
        Add("xattr", XattrCases.Add);
        Add("lock", LockCases.Add);
        Add("unlink", UnlinkCases.Add);
        Add("rename", RenameCases.Add);
        Add("handle", HandleCases.Add);
        return all;
    }
}
