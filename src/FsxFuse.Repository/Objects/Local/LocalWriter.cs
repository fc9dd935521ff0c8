using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>Writes objects: all of it beside the tree first, then one rename under the lock, so readers see the old or the new, also after a crash.</summary>
internal sealed class LocalWriter(LocalTree tree, LocalLock @lock)
{
    private const int BufferSize = 256 * 1024;
    private const string EmptyMd5 = "d41d8cd98f00b204e9800998ecf8427e";

    /// <summary>Fills an empty file and returns the ETag of what it wrote, or null to derive one from the file.</summary>
    public delegate string? Fill(SafeFileHandle file);

    public PutResult Put(string key, PutOptions options, WriteCondition condition, Fill fill, Func<string?>? symlinkTarget = null)
    {
        LocalKey place = LocalKey.Parse(key);
        if (place.IsMarker)
            return PutMarker(place, key, options, condition);
        // An early look saves writing gigabytes for nothing; the one under the lock decides.
        CheckCondition(key, condition);
        string? target = symlinkTarget is not null && LocalPosix.IsSymlink(options) ? symlinkTarget() : null;
        using SafeFileHandle directory = tree.OpenBookkeeping(LocalTree.Temporary);
        string temporary = LocalTree.PathIn(directory, Guid.NewGuid().ToString("N"));
        try
        {
            (LocalRecord record, bool needsSidecar) = target is null ? WriteFile(temporary, options, fill) : WriteSymlink(temporary, target, options);
            using SafeFileHandle parent = @lock.Run(() => Place(temporary, place, key, condition, record, needsSidecar));
            NativeFile.Sync(parent);
            FileStatus status = NativeFile.Status(LocalTree.PathIn(parent, place.Name)) ?? default;
            return new PutResult(record.ETag ?? LocalDescription.ETag(status, null), null);
        }
        catch
        {
            TryUnlink(temporary);
            throw;
        }
    }

    /// <summary>Writes the bytes of a body and returns their MD5.</summary>
    public static byte[] WriteBody(SafeFileHandle file, BodySource body, CancellationToken cancellationToken)
    {
#pragma warning disable CA5351 // An ETag is an MD5 by S3's definition; nothing is secured by it.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        using Stream stream = body.Open();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long offset = 0;
            int read;
            while ((read = stream.Read(buffer, 0, buffer.Length)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                md5.AppendData(buffer, 0, read);
                RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return md5.GetHashAndReset();
    }

    /// <summary>Appends a whole file to another within the kernel where possible; returns the new end.</summary>
    public static long Append(SafeFileHandle from, SafeFileHandle to, long end, CancellationToken cancellationToken)
    {
        long length = RandomAccess.GetLength(from), done = 0;
        byte[]? buffer = null;
        while (done < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long copied = buffer is null ? NativeFile.CopyRange(from, done, to, end + done, length - done) : 0;
            if (copied == 0)
            {
                buffer ??= new byte[BufferSize];
                int read = RandomAccess.Read(from, buffer, done);
                if (read == 0)
                    throw new BodyUnreadableException("a file became shorter while it was copied");
                RandomAccess.Write(to, buffer.AsSpan(0, read), end + done);
                copied = read;
            }
            done += copied;
        }
        return end + length;
    }

    /// <summary>The object under a key as it is now.</summary>
    public LocalObject? Find(string key)
    {
        if (LocalKey.TryParse(key) is not { } place)
            return null;
        using SafeFileHandle? parent = tree.TryOpen(place.Parent);
        return parent is null ? null : LocalObject.Find(tree.Records, parent, place.Name, key);
    }

    public void CheckCondition(string key, WriteCondition condition)
    {
        if (condition.IsNone)
            return;
        LocalObject? present = Find(key);
        if (condition.IfAbsent ? present is not null : present is not { } p || p.ETag != condition.IfMatch)
        {
            throw new ObjectStoreException(
                ObjectStoreErrorKind.PreconditionFailed,
                $"Writing {tree.Location}/{key}: {(condition.IfAbsent ? "the object exists already" : "the object has changed")}.");
        }
    }

    public void Delete(string key, string? ifMatch)
    {
        if (LocalKey.TryParse(key) is not { } place || tree.TryOpen(place.Parent) is not { } parent)
        {
            if (ifMatch is not null)
                throw new ObjectStoreException(ObjectStoreErrorKind.PreconditionFailed, $"Deleting {tree.Location}/{key}: there is no such object.");
            return;
        }
        using (parent)
        {
            if (ifMatch is null && LocalObject.Find(tree.Records, parent, place.Name, key) is null)
                return;
            @lock.Run(() =>
            {
                CheckCondition(key, ifMatch is null ? WriteCondition.None : WriteCondition.Matches(ifMatch));
                RemoveName(parent, place, key);
                tree.Prune(place.Parent);
                return true;
            });
            NativeFile.Sync(parent);
        }
    }

    private void RemoveName(SafeFileHandle parent, LocalKey place, string key)
    {
        string path = LocalTree.PathIn(parent, place.Name);
        try
        {
            if (place.IsMarker)
                NativeFile.RemoveDirectory(path);
            else
                NativeFile.Unlink(path);
        }
        catch (NativeFileException e) when (e.Errno == NativeFile.ENOENT)
        {
        }
        catch (NativeFileException e) when (place.IsMarker && e.Errno is NativeFile.ENOTEMPTY or NativeFile.EEXIST)
        {
            // Its marker goes; the directory stays for what is in it.
            tree.Records.Write(path, key, new LocalRecord { Implicit = true });
            using SafeFileHandle? own = tree.TryOpen(key[..^1]);
            if (own is not null)
                NativeFile.Sync(own);
            return;
        }
        tree.Records.Forget(key);
    }

    private PutResult PutMarker(LocalKey place, string key, PutOptions options, WriteCondition condition)
    {
        (SafeFileHandle parent, SafeFileHandle own) = @lock.Run(() =>
        {
            CheckCondition(key, condition);
            SafeFileHandle above = tree.OpenOrCreate(place.Parent);
            string path = LocalTree.PathIn(above, place.Name);
            try
            {
                NativeFile.CreateDirectory(path, 0x1ED);
            }
            catch (NativeFileException e) when (e.Errno == NativeFile.EEXIST && NativeFile.Status(path) is { IsDirectory: true })
            {
            }
            SafeFileHandle directory = tree.TryOpen(key[..^1]) ?? throw new NativeFileException(NativeFile.ENOTDIR, key);
            LocalPosix.Apply(directory, options, 0x1ED, 0x1C0);
            LocalRecord record = LocalRecord.From(options, EmptyMd5) with { Fingerprint = LocalDescription.Fingerprint(NativeFile.Status(directory)) };
            tree.Records.Write(path, key, record);
            return (above, directory);
        });
        using (parent)
        using (own)
        {
            // Its mode and its record are its own: the names of its parent do not bring them to the disk.
            NativeFile.Sync(own);
            NativeFile.Sync(parent);
        }
        return new PutResult(EmptyMd5, null);
    }

    private static (LocalRecord Record, bool NeedsSidecar) WriteFile(string temporary, PutOptions options, Fill fill)
    {
        using SafeFileHandle file = NativeFile.CreateFile(temporary, 0x180);
        string? etag = fill(file);
        LocalPosix.Apply(file, options, 0x1A4, 0x180);
        LocalRecord record = LocalRecord.From(options, etag) with { Fingerprint = LocalDescription.Fingerprint(NativeFile.Status(file)) };
        bool inAttribute = LocalRecords.TryWriteAttribute(temporary, record);
        NativeFile.Sync(file);
        return (record, !inAttribute);
    }

    private static (LocalRecord Record, bool NeedsSidecar) WriteSymlink(string temporary, string target, PutOptions options)
    {
        NativeFile.CreateSymlink(target, temporary);
#pragma warning disable CA5351 // An ETag is an MD5 by S3's definition; nothing is secured by it.
        string etag = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(target)));
#pragma warning restore CA5351
        FileStatus status = NativeFile.Status(temporary) ?? throw new NativeFileException(NativeFile.ENOENT, temporary);
        // User attributes do not exist on symlinks.
        return (LocalRecord.From(options, etag) with { Fingerprint = LocalDescription.Fingerprint(status) }, true);
    }

    /// <summary>Under the lock: decides, and puts the finished file in its place. Returns the directory, still to be synced.</summary>
    private SafeFileHandle Place(string temporary, LocalKey place, string key, WriteCondition condition, LocalRecord record, bool needsSidecar)
    {
        CheckCondition(key, condition);
        SafeFileHandle parent = tree.OpenOrCreate(place.Parent);
        try
        {
            // A sidecar comes first, and holds for what is there until then too: a crash in between must leave neither without its record.
            if (needsSidecar)
                tree.Records.WriteSidecar(key, record with { Before = LocalObject.Find(tree.Records, parent, place.Name, key)?.Record });
            NativeFile.Rename(temporary, LocalTree.PathIn(parent, place.Name));
            if (!needsSidecar)
                tree.Records.Forget(key);
            return parent;
        }
        catch
        {
            parent.Dispose();
            throw;
        }
    }

    private static void TryUnlink(string path)
    {
        try
        {
            NativeFile.Unlink(path);
        }
        catch (NativeFileException)
        {
            // It was renamed already, or the file system is beyond help.
        }
    }
}
