"""Numbers that prove themselves: resident ID and bank card."""

from datetime import date

# GB/T 2260: first two digits of the place where the number was issued.
_PROVINCES = frozenset(
    number
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (81, 83))
    for number in (*range(first, last + 1), 71)
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def is_id_card(number: str) -> bool:
    """Tell whether `number` is a resident ID: 18 characters, or 15 digits as issued until 1999.

    Province code and date of birth must exist; the 18th character is the checksum of GB 11643-1999
    (ISO 7064 MOD 11-2).

    >>> is_id_card("11010519491231002X"), is_id_card("110105194912310021")
    (True, False)
    """
    number = number.upper()
    if len(number) not in (15, 18) or int(number[:2]) not in _PROVINCES:
        return False
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    return _is_date(born) and (len(number) == 15 or _id_check(number) == number[17])


def _id_check(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11]


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


def is_bank_card(number: str) -> bool:
    """Tell whether `number` is a bank card in China: a plausible issuer and a true Luhn digit.

    UnionPay cards (62, 60, 81) have 16 to 19 digits; Visa (4), Mastercard (51-55, 2221-2720) and
    JCB (35) have 16. Without the issuer every tenth order number would pass (ISO/IEC 7812-1).

    >>> is_bank_card("6222021234567890128"), is_bank_card("4111111111111111")
    (True, True)
    >>> is_bank_card("1234567812345670")
    False
    """
    if number.startswith(("62", "60", "81")):
        plausible = 16 <= len(number) <= 19
    else:
        other = number[0] == "4" or "51" <= number[:2] <= "55" or number.startswith("35")
        plausible = len(number) == 16 and (other or "2221" <= number[:4] <= "2720")
    return plausible and luhn_remainder(number) == 0


def luhn_remainder(number: str) -> int:
    """Return the Luhn sum of the digits modulo 10; 0 where the last digit is right.

    >>> luhn_remainder("79927398713")
    0
    """
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10
