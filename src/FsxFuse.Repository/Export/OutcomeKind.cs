namespace FsxFuse.Repository.Export;

/// <summary>Kinds of <see cref="Outcome"/>.</summary>
internal enum OutcomeKind
{
    Done,
    Again,
    Parked,
    Writing,
    Blocked,
    Failed,
}
