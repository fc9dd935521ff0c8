using FsxFuse.Fuse.Wire;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Fuse;

/// <summary>An initialized connection: what was agreed with the kernel, and what can be asked of it. Thread-safe.</summary>
public sealed class FuseConnection
{
    // _IOW(229, 1, struct fuse_backing_map) and _IOW(229, 2, uint32_t).
    private const uint BackingOpenCommand = 0x4010e501;
    private const uint BackingCloseCommand = 0x4004e502;

    private readonly FuseChannel _channel;

    internal FuseConnection(FuseChannel channel, NegotiatedProtocol protocol, Notifier notifier)
    {
        _channel = channel;
        Protocol = protocol;
        Notifier = notifier;
    }

    /// <summary>What was agreed.</summary>
    public NegotiatedProtocol Protocol { get; }

    /// <summary>Tells the kernel to drop what it has cached.</summary>
    public Notifier Notifier { get; }

    /// <summary>Whether all these capabilities are in force.</summary>
    /// <param name="capabilities">One or more.</param>
    public bool Has(FuseCapabilities capabilities) => Protocol.Has(capabilities);

    /// <summary>
    /// Registers a backing file for passthrough opens (FUSE_DEV_IOC_BACKING_OPEN). The descriptor may be closed afterwards: the kernel opens the
    /// file's path anew for each open, with the caller's flags and this process's credentials.
    /// </summary>
    /// <param name="file">An open regular file.</param>
    /// <param name="backingId">Greater than 0: to be given in replies to OPEN and CREATE, until <see cref="CloseBacking"/>.</param>
    /// <returns>
    /// None; EPERM without CAP_SYS_ADMIN in the initial namespace or without <see cref="FuseCapabilities.Passthrough"/>; ELOOP if the file system
    /// under the file is stacked deeper than <see cref="ConnectionOptions.MaxStackDepth"/> allows; EOPNOTSUPP and others for files that cannot back.
    /// </returns>
    public unsafe Errno OpenBacking(SafeFileHandle file, out int backingId)
    {
        ArgumentNullException.ThrowIfNull(file);
        backingId = 0;
        if (!Has(FuseCapabilities.Passthrough))
        {
            return Errno.EPERM;
        }

        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            BackingMap map = new() { FileDescriptor = (int)file.DangerousGetHandle() };
            int result = _channel.Control(BackingOpenCommand, &map);
            if (result < 0)
            {
                return (Errno)(-result);
            }

            backingId = result;
            return Errno.None;
        }
        finally
        {
            if (added)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Gives a backing id back (FUSE_DEV_IOC_BACKING_CLOSE). Opens that already use it are not affected.</summary>
    /// <param name="backingId">An id from <see cref="OpenBacking"/>.</param>
    /// <returns>None; ENOENT if there is no such id.</returns>
    public unsafe Errno CloseBacking(int backingId)
    {
        uint id = (uint)backingId;
        int result = _channel.Control(BackingCloseCommand, &id);
        return result < 0 ? (Errno)(-result) : Errno.None;
    }
}
