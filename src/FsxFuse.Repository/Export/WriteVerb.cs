namespace FsxFuse.Repository.Export;

/// <summary>The operations whose conditions servers honour or ignore one by one.</summary>
internal enum WriteVerb
{
    Put,
    Copy,
    Complete,
}
