using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace FsxFuse.Control.Events;

/// <summary>
/// Lets only messages through that the Simple Notification Service signed, and confirms subscriptions. It fetches nothing but from
/// https://sns.REGION.amazonaws.com, whatever a message says.
/// </summary>
/// <param name="fetch">GETs an URL and returns the body; throws <see cref="HttpRequestException"/>.</param>
internal sealed partial class SnsGate(Func<Uri, CancellationToken, Task<byte[]>> fetch)
{
    private const int MaxCertificates = 16;

    private readonly ConcurrentDictionary<Uri, X509Certificate2> _certificates = new();

    /// <summary>Checks a message's signature.</summary>
    /// <exception cref="EventRefusedException">It is not signed, or not by SNS, or its certificate cannot be had.</exception>
    public async Task VerifyAsync(SnsMessage message, CancellationToken cancel)
    {
        HashAlgorithmName hash = message.SignatureVersion switch
        {
            "1" => HashAlgorithmName.SHA1,
            "2" => HashAlgorithmName.SHA256,
            _ => throw new EventRefusedException($"The signature version '{message.SignatureVersion}' is not known."),
        };
        byte[] signature = new byte[(message.Signature?.Length ?? 0) + 1];
        if (!Convert.TryFromBase64String(message.Signature ?? "", signature, out int length) || length == 0)
            throw new EventRefusedException("The message is not signed.");
        X509Certificate2 certificate = await GetCertificateAsync(Own(message.SigningCertificateUrl, "certificate"), cancel).ConfigureAwait(false);
        using RSA key = certificate.GetRSAPublicKey() ?? throw new EventRefusedException("The message's certificate has no RSA key.");
        if (!key.VerifyData(message.SignedBytes(), signature.AsSpan(0, length), hash, RSASignaturePadding.Pkcs1))
            throw new EventRefusedException("The signature of the message is wrong.");
    }

    /// <summary>Confirms a subscription whose message was verified.</summary>
    /// <exception cref="EventRefusedException">The URL is not one of SNS, or did not answer.</exception>
    public async Task ConfirmAsync(SnsMessage message, CancellationToken cancel) =>
        await FetchAsync(Own(message.SubscribeUrl, "subscription"), cancel).ConfigureAwait(false);

    private static Uri Own(string? text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort && url.UserInfo.Length == 0 && Host().IsMatch(url.IdnHost)
            ? url
            : throw new EventRefusedException($"The {what}'s address '{text}' is not https://sns.REGION.amazonaws.com.");

    private async Task<X509Certificate2> GetCertificateAsync(Uri url, CancellationToken cancel)
    {
        if (_certificates.TryGetValue(url, out X509Certificate2? known))
            return known;
        try
        {
            X509Certificate2 certificate = X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(await FetchAsync(url, cancel).ConfigureAwait(false)));
            if (_certificates.Count >= MaxCertificates)
                _certificates.Clear();
            return _certificates.GetOrAdd(url, certificate);
        }
        catch (CryptographicException e)
        {
            throw new EventRefusedException($"What is at {url} is no certificate.", e);
        }
    }

    private async Task<byte[]> FetchAsync(Uri url, CancellationToken cancel)
    {
        try
        {
            return await fetch(url, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new EventRefusedException($"{url.Host} did not answer: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new EventRefusedException($"{url.Host} did not answer in time.", e);
        }
    }

    [GeneratedRegex(@"\Asns\.[a-z]{2}(-[a-z]+)+-[0-9]{1,2}\.amazonaws\.com\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
