using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>A run of a file. A file that another program changes while it is read gives an error at the end, never a mixture taken for one version.</summary>
internal sealed class LocalBodyStream(SafeFileHandle file, FileStatus opened, long offset, long length, string key) : ForwardStream
{
    private long _position;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int want = (int)Math.Min(buffer.Length, length - _position);
        if (want == 0)
            return 0;
        int read;
        try
        {
            read = await RandomAccess.ReadAsync(file, buffer[..want], offset + _position, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw LocalErrors.Translate(e, "Reading", key);
        }
        _position += read;
        if (read == 0 || (_position == length && LocalDescription.Fingerprint(NativeFile.Status(file)) != LocalDescription.Fingerprint(opened)))
            throw new ObjectStoreException(ObjectStoreErrorKind.Unavailable, $"'{key}' was changed by another program while it was read.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
