namespace FsxFuse.Posix.Cases.Running;

/// <summary>Whose rights a case needs.</summary>
internal enum RunsAs
{
    /// <summary>Root alone: it makes devices, gives files away, or becomes several users.</summary>
    Root,

    /// <summary>An ordinary user alone: it expects to be refused.</summary>
    User,

    /// <summary>Either; it runs once as each.</summary>
    Both,
}
