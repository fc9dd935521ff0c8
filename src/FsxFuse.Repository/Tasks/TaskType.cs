namespace FsxFuse.Repository.Tasks;

/// <summary>Types of data-repository tasks, in the words of the FSx API (PRELOAD is ours).</summary>
public static class TaskType
{
    /// <summary>Exports what is queued under the paths.</summary>
    public const string Export = "EXPORT_TO_REPOSITORY";

    /// <summary>Imports names and attributes under prefixes of linked repositories.</summary>
    public const string Import = "IMPORT_METADATA_FROM_REPOSITORY";

    /// <summary>Takes the bytes of exported files out of the cache.</summary>
    public const string Release = "RELEASE_DATA_FROM_FILESYSTEM";

    /// <summary>Loads the bytes of files into the cache.</summary>
    public const string Preload = "PRELOAD";

    /// <summary>Whether it is one of them.</summary>
    public static bool IsKnown(string type) => type is Export or Import or Release or Preload;
}
