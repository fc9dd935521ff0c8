using System.Text;

namespace FsxFuse;

/// <summary>How the program was called.</summary>
/// <param name="Name">The last part of the zeroth argument: links to the executable give it other roles.</param>
internal sealed record Invocation(string Name)
{
    /// <summary>Reads /proc/self/cmdline: of a link the runtime would tell the target's name.</summary>
    public static Invocation Read() => Parse(File.ReadAllBytes("/proc/self/cmdline"));

    /// <summary>Reads the bytes of a cmdline file: arguments that each end in NUL.</summary>
    internal static Invocation Parse(ReadOnlySpan<byte> commandLine)
    {
        int end = commandLine.IndexOf((byte)0);
        string zeroth = Encoding.UTF8.GetString(end < 0 ? commandLine : commandLine[..end]);
        return new Invocation(Path.GetFileName(zeroth));
    }
}
