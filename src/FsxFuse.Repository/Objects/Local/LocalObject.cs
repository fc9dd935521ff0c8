using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>A file, symlink or marked directory as it was found.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Status">What the kernel says of it.</param>
/// <param name="Record">What is remembered of it, if that still holds.</param>
internal readonly record struct LocalObject(string Key, FileStatus Status, LocalRecord? Record)
{
    public string ETag => LocalDescription.ETag(Status, Record);

    public ObjectInfo Info => LocalDescription.Info(Key, Status, Record);

    /// <summary>Looks at a name in an open directory; null when no object has that key.</summary>
    public static LocalObject? Find(LocalRecords records, SafeFileHandle directory, string name, string key)
    {
        string path = LocalTree.PathIn(directory, name);
        bool marker = key.EndsWith('/');
        for (int attempt = 0; ; attempt++)
        {
            if (NativeFile.Status(path) is not { } status || (marker ? !status.IsDirectory : !status.IsRegular && !status.IsSymlink))
                return null;
            LocalRecord? record = records.Read(path, key);
            if (marker && record is { Implicit: true })
                return null;
            LocalRecord? valid = LocalDescription.Valid(record, status);
            // A replacement between the two calls gives the old file's status and the new one's record, the end of a directory made for objects
            // beneath it none at all: look again.
            if ((marker || record is not null) && valid is null && attempt < 3
                && (NativeFile.Status(path) is not { } again || LocalDescription.Fingerprint(again) != LocalDescription.Fingerprint(status)))
            {
                continue;
            }
            return new LocalObject(key, status, valid);
        }
    }
}
