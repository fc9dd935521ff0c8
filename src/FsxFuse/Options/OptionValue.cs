using System.Globalization;
using System.Net;

namespace FsxFuse.Options;

/// <summary>Brings an option's value into its normal form.</summary>
internal static class OptionValue
{
    /// <summary>The normal form of <paramref name="value"/> (null = nothing after the name, not even '=').</summary>
    /// <exception cref="UsageException">The value is not what the option takes.</exception>
    public static string Normalise(MountOption option, string? value)
    {
        switch (option.Kind)
        {
            case OptionKind.Anything:
                return value ?? "";
            case OptionKind.Flag:
                return value is null ? "" : throw new UsageException($"the mount option '{option.Name}' takes no value");
            case OptionKind.Switch:
                return value is null ? "on" : SwitchOf(value) ?? throw Wrong(option, value, "on or off");
        }
        if (string.IsNullOrEmpty(value))
            throw new UsageException($"the mount option '{option.Name}' needs a value: {option.Usage}");
        return option.Kind switch
        {
            OptionKind.Path => Path.GetFullPath(value),
            OptionKind.Number => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && InRange(option, number)
                ? number.ToString(CultureInfo.InvariantCulture)
                : throw Wrong(option, value, Range(option, n => n.ToString(CultureInfo.InvariantCulture), "a whole number")),
            OptionKind.Size => ByteSize.TryParse(value, out long bytes) && InRange(option, bytes)
                ? bytes.ToString(CultureInfo.InvariantCulture)
                : throw Wrong(option, value, Range(option, ByteSize.Format, "a size such as 800GiB (KiB, MiB, GiB, TiB)")),
            OptionKind.Mode => TryParseOctal(value, out uint mode) ? Convert.ToString(mode, 8) : throw Wrong(option, value, "permissions in octal, such as 0750"),
            OptionKind.Address => AddressOf(value) ?? throw Wrong(option, value, "a port such as 8490, an address and a port such as 0.0.0.0:8490, or off"),
            OptionKind.Choice => option.Choices.Contains(value, StringComparer.Ordinal) ? value : throw Wrong(option, value, "one of " + string.Join(", ", option.Choices)),
            _ => value,
        };
    }

    private static string? SwitchOf(string value) => value switch
    {
        "on" or "yes" or "true" or "1" => "on",
        "off" or "no" or "false" or "0" => "off",
        _ => null,
    };

    private static string? AddressOf(string value)
    {
        if (SwitchOf(value) == "off")
            return "off";
        string full = value.Contains(':', StringComparison.Ordinal) ? value : $"127.0.0.1:{value}";
        return IPEndPoint.TryParse(full, out IPEndPoint? address) && address.Port != 0 ? address.ToString() : null;
    }

    private static bool TryParseOctal(string value, out uint mode)
    {
        mode = 0;
        foreach (char c in value)
        {
            if (c is < '0' or > '7' || (mode = mode * 8 + (uint)(c - '0')) > 0xFFF)
                return false;
        }
        return true;
    }

    private static bool InRange(MountOption option, long number) => number >= option.Minimum && number <= option.Maximum;

    private static string Range(MountOption option, Func<long, string> format, string what) => (option.Minimum, option.Maximum) switch
    {
        (0, long.MaxValue) => what,
        (_, long.MaxValue) => $"{what}, at least {format(option.Minimum)}",
        _ => $"{what} from {format(option.Minimum)} to {format(option.Maximum)}",
    };

    private static UsageException Wrong(MountOption option, string value, string wanted) =>
        new($"the mount option '{option.Name}={value}' is wrong: it takes {wanted}");
}
