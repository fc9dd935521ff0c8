namespace FsxFuse.Repository.Links;

/// <summary>Which changes a policy follows (S3.AutoImportPolicy.Events and S3.AutoExportPolicy.Events of the FSx API).</summary>
[Flags]
public enum RepositoryEvents
{
    /// <summary>None: the policy is off.</summary>
    None = 0,

    /// <summary>Things that appear.</summary>
    New = 1,

    /// <summary>Things that change.</summary>
    Changed = 2,

    /// <summary>Things that go.</summary>
    Deleted = 4,

    /// <summary>Everything.</summary>
    All = New | Changed | Deleted,
}
