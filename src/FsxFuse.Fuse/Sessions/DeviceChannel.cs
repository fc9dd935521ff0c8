using System.Runtime.InteropServices;
using FsxFuse.Fuse.Native;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Fuse;

/// <summary>/dev/fuse. The handle must stay open until every reader has left: the kernel aborts the connection when it is closed.</summary>
internal sealed unsafe class DeviceChannel(SafeFileHandle device) : FuseChannel
{
    private readonly int _fd = (int)device.DangerousGetHandle();

    public override int Read(byte* buffer, int capacity) => Result(LibC.read(_fd, buffer, (nuint)capacity));

    public override int Write(byte* message, int length) => Result(LibC.write(_fd, message, (nuint)length));

    public override int WriteVector(IOVector* vectors, int count) => Result(LibC.writev(_fd, vectors, count));

    public override int Control(nuint command, void* argument) => Result(LibC.ioctl(_fd, command, argument));

    private static int Result(nint result) => result >= 0 ? (int)result : -Marshal.GetLastSystemError();
}
