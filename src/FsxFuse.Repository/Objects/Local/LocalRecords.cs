using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>Keeps records: in an extended attribute where the file and its file system take one, else in a sidecar file named after the key.</summary>
internal sealed class LocalRecords(LocalTree tree)
{
    /// <summary>The one attribute that holds everything.</summary>
    public const string Attribute = "user.fsxfuse.object";

    private const string SidecarDirectory = "records";

    // Sidecars are looked for only once one has been seen, so a directory with attributes costs one system call for each object.
    private int _sidecars = -1;

    /// <summary>Reads the record of a file, directory or symlink; null when there is none.</summary>
    public LocalRecord? Read(string path, string key) => Parse(NativeFile.GetAttribute(path, Attribute)) ?? ReadSidecar(NameOf(key));

    /// <summary>Reads the record of an open file.</summary>
    public LocalRecord? Read(SafeFileHandle file, string key) => Parse(NativeFile.GetAttribute(file, Attribute)) ?? ReadSidecar(NameOf(key));

    /// <summary>Writes the record into the attribute; false when this file takes none, and <see cref="WritePending"/> must be used.</summary>
    public static bool TryWriteAttribute(string path, LocalRecord record) =>
        NativeFile.TrySetAttribute(path, Attribute, JsonSerializer.SerializeToUtf8Bytes(record, LocalJson.Default.LocalRecord));

    /// <summary>Writes the record of something that is in its place already.</summary>
    public void Write(string path, string key, LocalRecord record)
    {
        if (TryWriteAttribute(path, record))
            Forget(key);
        else
            WriteSidecar(key, record);
    }

    /// <summary>Writes the record of something in its place that takes no attribute.</summary>
    private void WriteSidecar(string key, LocalRecord record)
    {
        WritePending(key, record);
        KeepPending(key);
    }

    /// <summary>
    /// Writes the record of a file that is about to come into its place, beside the one of what is there now: whoever ends between the two,
    /// each has its own. <see cref="KeepPending"/> follows.
    /// </summary>
    public void WritePending(string key, LocalRecord record)
    {
        using SafeFileHandle directory = tree.OpenBookkeeping(SidecarDirectory);
        string temporary = LocalTree.PathIn(directory, $"{Guid.NewGuid():N}.new");
        using (SafeFileHandle file = NativeFile.CreateFile(temporary, 0x180))
        {
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(record, LocalJson.Default.LocalRecord), 0);
            NativeFile.Sync(file);
        }
        NativeFile.Rename(temporary, LocalTree.PathIn(directory, PendingNameOf(key)));
        NativeFile.Sync(directory);
        Volatile.Write(ref _sidecars, 1);
    }

    /// <summary>The file is in its place.</summary>
    public void KeepPending(string key)
    {
        using SafeFileHandle directory = tree.OpenBookkeeping(SidecarDirectory);
        NativeFile.Rename(LocalTree.PathIn(directory, PendingNameOf(key)), LocalTree.PathIn(directory, NameOf(key)));
        NativeFile.Sync(directory);
    }

    /// <summary>What is remembered of a file, if it is still the file that the record was written for; else the record that a killed program left pending.</summary>
    public LocalRecord? Valid(LocalRecord? record, string key, in FileStatus status) =>
        LocalDescription.Valid(record, status) ?? LocalDescription.Valid(ReadSidecar(PendingNameOf(key)), status);

    /// <summary>Removes a sidecar if there is one.</summary>
    public void Forget(string key)
    {
        if (!HasSidecars())
            return;
        using SafeFileHandle directory = tree.OpenBookkeeping(SidecarDirectory);
        foreach (string name in new[] { NameOf(key), PendingNameOf(key) })
        {
            try
            {
                NativeFile.Unlink(LocalTree.PathIn(directory, name));
            }
            catch (NativeFileException e) when (e.Errno == NativeFile.ENOENT)
            {
            }
        }
    }

    private LocalRecord? ReadSidecar(string name)
    {
        if (!HasSidecars())
            return null;
        using SafeFileHandle? directory = tree.TryOpen($"{LocalKey.Bookkeeping}/{SidecarDirectory}");
        if (directory is null)
            return null;
        using SafeFileHandle? file = NativeFile.TryOpenFile(LocalTree.PathIn(directory, name));
        if (file is null)
            return null;
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        int read = RandomAccess.Read(file, bytes, 0);
        return Parse(bytes[..read]);
    }

    private bool HasSidecars()
    {
        if (Volatile.Read(ref _sidecars) != 1)
        {
            // Another process may make the first one at any time, so only a yes is remembered.
            using SafeFileHandle? directory = tree.TryOpen($"{LocalKey.Bookkeeping}/{SidecarDirectory}");
            Volatile.Write(ref _sidecars, directory is null ? 0 : 1);
        }
        return Volatile.Read(ref _sidecars) == 1;
    }

    private static string NameOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + ".json";

    private static string PendingNameOf(string key) => "pending-" + NameOf(key);

    private static LocalRecord? Parse(byte[]? json)
    {
        if (json is null)
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, LocalJson.Default.LocalRecord);
        }
        catch (JsonException)
        {
            // Somebody else's attribute, or a torn one: the file speaks for itself.
            return null;
        }
    }
}
